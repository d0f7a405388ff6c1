package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.ads.StreamHub;
import io.inmesh.server.ads.TranslatedResources;
import io.inmesh.server.ads.TypeStatus;
import io.inmesh.server.ca.CertificateService;
import io.inmesh.server.ca.IssuedCertificate;
import io.inmesh.server.ca.JoinTokens;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.explain.Caller;
import io.inmesh.server.explain.Explainer;
import io.inmesh.server.explain.Explanation;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.validate.Problem;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Documents;
import io.inmesh.server.write.WriteResult;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What Kubernetes has no paths for: whole files, status of processes, explanations, certificates for stock clients. */
final class MeshApi {

    private static final Duration DEFAULT_TOKEN_LIFE = Duration.ofHours(1);
    private static final int MAX_TOKEN_USES = 1000;

    private final ConfigWriter writer;
    private final StreamHub hub;
    private final WorkloadRegistry registry;
    private final JoinTokens tokens;
    private final CertificateService certificates;
    private final TranslatedResources resources;
    private final Supplier<List<String>> folderProblems;

    MeshApi(
            ConfigWriter writer,
            StreamHub hub,
            WorkloadRegistry registry,
            JoinTokens tokens,
            CertificateService certificates,
            TranslatedResources resources,
            Supplier<List<String>> folderProblems) {
        this.writer = writer;
        this.hub = hub;
        this.registry = registry;
        this.tokens = tokens;
        this.certificates = certificates;
        this.resources = resources;
        this.folderProblems = folderProblems;
    }

    void handle(Exchange exchange, List<String> path) throws IOException, HttpProblem {
        String call = exchange.method() + " " + String.join("/", path);
        switch (call) {
            case "POST apply" -> apply(exchange);
            case "POST delete" -> delete(exchange);
            case "GET status" -> status(exchange);
            case "POST explain" -> explain(exchange);
            case "POST certificates" -> certificate(exchange);
            default -> throw HttpProblem.notFound("/inmesh/v1/" + String.join("/", path));
        }
    }

    private void apply(Exchange exchange) throws IOException, HttpProblem {
        String namespace = exchange.parameter("namespace");
        try {
            WriteResult result = writer.apply(
                    Documents.read(exchange.body()),
                    namespace == null ? "default" : namespace,
                    null,
                    exchange.flag("dryRun"));
            ObjectNode body = Exchange.JSON.createObjectNode().put("accepted", result.accepted());
            ArrayNode actions = body.putArray("actions");
            result.actions()
                    .forEach(action ->
                            reference(actions.addObject(), action.resource()).put("verb", action.verb()));
            ArrayNode notes = body.putArray("notes");
            result.notes().forEach(notes::add);
            ArrayNode problems = body.putArray("problems");
            result.problems().forEach(problem -> problem(problems.addObject(), problem));
            exchange.json(result.accepted() ? 200 : 422, body);
        } catch (Documents.UnreadableException e) {
            throw new HttpProblem(422, "Invalid", String.valueOf(e.getMessage()), null);
        } catch (ConflictException e) {
            throw new HttpProblem(409, "Conflict", String.valueOf(e.getMessage()), null);
        }
    }

    private void delete(Exchange exchange) throws IOException, HttpProblem {
        String namespace = exchange.parameter("namespace");
        try {
            List<ResourceKey> keys = Documents.read(exchange.body()).stream()
                    .map(document ->
                            io.inmesh.server.model.Bodies.read(document).key())
                    .map(key -> new ResourceKey(
                            key.group(),
                            key.kind(),
                            key.namespace().isEmpty() ? namespace == null ? "default" : namespace : key.namespace(),
                            key.name()))
                    .toList();
            ObjectNode body = Exchange.JSON.createObjectNode();
            ArrayNode actions = body.putArray("actions");
            writer.delete(keys, exchange.flag("dryRun"))
                    .forEach(key -> reference(actions.addObject(), key).put("verb", "deleted"));
            exchange.json(200, body);
        } catch (Documents.UnreadableException e) {
            throw new HttpProblem(422, "Invalid", String.valueOf(e.getMessage()), null);
        } catch (ConflictException e) {
            throw new HttpProblem(409, "Conflict", String.valueOf(e.getMessage()), null);
        }
    }

    private void status(Exchange exchange) throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode();
        body.put("revision", writer.store().view().revision());
        ArrayNode processes = body.putArray("processes");
        for (ConnectedProcess process : hub.processes()) {
            ObjectNode node = processes.addObject();
            node.put("name", process.instance())
                    .put("namespace", process.namespace())
                    .put("serviceAccount", process.serviceAccount())
                    .put("address", process.address())
                    .put("userAgent", process.userAgent())
                    .put("state", process.state().name())
                    .put("connectedSince", process.connectedSince().toString());
            process.certificateExpiry().ifPresent(expiry -> node.put("certificateExpiry", expiry.toString()));
            ObjectNode labels = node.putObject("labels");
            process.labels().forEach(labels::put);
            ArrayNode types = node.putArray("types");
            for (TypeStatus type : process.types()) {
                types.addObject()
                        .put("type", type.typeUrl().substring(type.typeUrl().lastIndexOf('.') + 1))
                        .put("state", type.state().name())
                        .put("sentVersion", type.sentVersion())
                        .put("acknowledgedVersion", type.acknowledgedVersion())
                        .put("rejection", type.rejection())
                        .put("since", type.since().toString());
            }
        }
        ArrayNode workloads = body.putArray("workloads");
        for (RegisteredWorkload workload : registry.workloads()) {
            ObjectNode node = workloads
                    .addObject()
                    .put("name", workload.name())
                    .put("namespace", workload.namespace())
                    .put("serviceAccount", workload.serviceAccount())
                    .put("address", workload.address())
                    .put("health", workload.health().name());
            ObjectNode ports = node.putObject("ports");
            workload.ports().forEach(ports::put);
            ObjectNode labels = node.putObject("labels");
            workload.labels().forEach(labels::put);
        }
        ArrayNode problems = body.putArray("folderProblems");
        folderProblems.get().forEach(problems::add);
        exchange.json(200, body);
    }

    private void explain(Exchange exchange) throws IOException, HttpProblem {
        var asked = Exchange.JSON.readTree(exchange.body());
        Map<String, String> headers = new HashMap<>();
        asked.path("headers")
                .fields()
                .forEachRemaining(h -> headers.put(h.getKey(), h.getValue().asText()));
        Map<String, String> labels = new HashMap<>();
        asked.path("labels")
                .fields()
                .forEachRemaining(l -> labels.put(l.getKey(), l.getValue().asText()));
        Explanation explanation = Explainer.explain(
                resources.state(),
                new Caller(
                        asked.path("namespace").asText("default"),
                        asked.path("serviceAccount").asText("default"),
                        labels),
                new io.inmesh.server.explain.Request(
                        asked.path("method").asText("GET"),
                        asked.path("authority").asText(),
                        asked.path("path").asText("/"),
                        headers));
        ObjectNode body = Exchange.JSON.createObjectNode().put("outcome", explanation.outcome());
        ArrayNode steps = body.putArray("steps");
        explanation
                .steps()
                .forEach(step -> steps.addObject()
                        .put("stage", step.stage().name())
                        .put("subject", step.subject())
                        .put("taken", step.taken())
                        .put("reason", step.reason())
                        .put("source", step.source()));
        exchange.json(200, body);
    }

    private void certificate(Exchange exchange) throws IOException, HttpProblem {
        var asked = Exchange.JSON.readTree(exchange.body());
        try {
            IssuedCertificate issued = certificates.issueFor(
                    asked.path("namespace").asText("default"),
                    asked.path("serviceAccount").asText("default"),
                    asked.path("csr").asText(),
                    Duration.ofSeconds(asked.path("seconds").asLong(0)),
                    "rest");
            int size = issued.chain().size();
            exchange.json(
                    200,
                    Exchange.JSON
                            .createObjectNode()
                            .put("chain", Pem.encode(issued.chain().subList(0, size - 1)))
                            .put("root", Pem.encode(issued.chain().subList(size - 1, size)))
                            .put("notAfter", issued.notAfter().toString()));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(422, "Invalid", "no certificate: " + e.getMessage(), null);
        }
    }

    /** Kubernetes' TokenRequest: makes a join token for a service account. */
    void token(Exchange exchange, String namespace, String serviceAccount) throws IOException, HttpProblem {
        var asked = Exchange.JSON.readTree(exchange.body());
        long seconds = asked.path("spec").path("expirationSeconds").asLong(DEFAULT_TOKEN_LIFE.toSeconds());
        int uses = asked.path("spec").path("maxUses").asInt(MAX_TOKEN_USES);
        try {
            JoinTokens.Issued issued =
                    tokens.issue(namespace, serviceAccount, Duration.ofSeconds(seconds), uses, "rest");
            ObjectNode body = Exchange.JSON
                    .createObjectNode()
                    .put("kind", "TokenRequest")
                    .put("apiVersion", "authentication.k8s.io/v1");
            body.putObject("metadata").put("name", serviceAccount).put("namespace", namespace);
            body.putObject("status")
                    .put("token", issued.token())
                    .put("expirationTimestamp", issued.expires().toString());
            exchange.json(201, body);
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(422, "Invalid", String.valueOf(e.getMessage()), null);
        }
    }

    private static ObjectNode reference(ObjectNode node, ResourceKey key) {
        return node.put("group", key.group())
                .put("kind", key.kind())
                .put("namespace", key.namespace())
                .put("name", key.name())
                .put("reference", io.inmesh.server.model.Kinds.of(key).reference(key.name()));
    }

    private static void problem(ObjectNode node, Problem problem) {
        node.put("resource", problem.resource().toString())
                .put("field", problem.fieldPath())
                .put("severity", problem.severity().name())
                .put("code", problem.code())
                .put("message", problem.message())
                .put("remedy", problem.remedy());
    }
}
