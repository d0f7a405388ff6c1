package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Role;
import io.inmesh.server.ads.TranslatedResources;
import io.inmesh.server.ca.CertificateService;
import io.inmesh.server.ca.IssuedCertificate;
import io.inmesh.server.ca.JoinTokens;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.explain.Caller;
import io.inmesh.server.explain.Explainer;
import io.inmesh.server.explain.Explanation;
import io.inmesh.server.explain.Request;
import io.inmesh.server.service.Locality;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Kubernetes has no paths for: whole files, status of processes, explanations, certificates for stock clients. */
final class MeshApi {

    private static final Duration DEFAULT_TOKEN_LIFE = Duration.ofHours(1);
    private static final int DEFAULT_TOKEN_USES = 1000;

    private final FilesApi files;
    private final ChangesApi changes;
    private final StatusApi status;
    private final TrafficApi traffic;
    private final InventoryApi inventory;
    private final GraphApi graph;
    private final MetersApi meters;
    private final RolloutsApi rollouts;
    private final JoinTokens tokens;
    private final CertificateService certificates;
    private final DenyListApi denyList;
    private final FederationApi federation;
    private final TranslatedResources resources;
    private final AuthorityApi authority;
    private final LiveApi live;
    private final InspectApi inspect;
    private final DrainsApi drains;
    private final BackupApi backup;
    private final LogApi log;

    MeshApi(
            FilesApi files,
            ChangesApi changes,
            StatusApi status,
            TrafficApi traffic,
            InventoryApi inventory,
            GraphApi graph,
            MetersApi meters,
            RolloutsApi rollouts,
            JoinTokens tokens,
            CertificateService certificates,
            DenyListApi denyList,
            FederationApi federation,
            TranslatedResources resources,
            AuthorityApi authority,
            LiveApi live,
            InspectApi inspect,
            DrainsApi drains,
            BackupApi backup,
            LogApi log) {
        this.files = files;
        this.changes = changes;
        this.status = status;
        this.traffic = traffic;
        this.inventory = inventory;
        this.graph = graph;
        this.meters = meters;
        this.rollouts = rollouts;
        this.tokens = tokens;
        this.certificates = certificates;
        this.denyList = denyList;
        this.federation = federation;
        this.resources = resources;
        this.authority = authority;
        this.live = live;
        this.inspect = inspect;
        this.drains = drains;
        this.backup = backup;
        this.log = log;
    }

    void handle(Exchange exchange, List<String> path) throws IOException, HttpProblem, InterruptedException {
        if (AuthorityApi.knows(path)) {
            authority.handle(exchange, path, exchange.principal().id());
            return;
        }
        if (RolloutsApi.knows(path)) {
            rollouts.handle(exchange, path);
            return;
        }
        String call = exchange.method() + " " + String.join("/", path);
        switch (call) {
            case "POST apply" -> files.apply(exchange);
            case "POST delete" -> files.delete(exchange);
            case "POST diff" -> changes.diff(exchange);
            case "GET history" -> changes.history(exchange);
            case "POST rollback" -> changes.rollback(exchange);
            case "POST live/tap" -> live.tap(exchange);
            case "POST live/find" -> live.find(exchange);
            case "POST live/log" -> live.log(exchange);
            case "GET live/belief" -> live.belief(exchange);
            case "GET drains" -> drains.list(exchange);
            case "POST drains" -> drains.drain(exchange);
            case "DELETE drains" -> drains.undrain(exchange);
            case "GET backup" -> backup.take(exchange);
            case "GET log" -> log.list(exchange);
            case "POST log" -> log.change(exchange);
            case "GET csds" -> inspect.clientStatus(exchange);
            case "GET inspect" -> inspect.inspect(exchange);
            case "POST inspect" -> inspect.shadow(exchange);
            case "GET analyze" -> files.analyze(exchange);
            case "GET services" -> inventory.services(exchange);
            case "GET meters" -> meters.list(exchange);
            case "GET kinds" -> inventory.kinds(exchange);
            case "GET resources" -> inventory.resources(exchange);
            case "GET status" -> status.status(exchange);
            case "GET traffic" -> traffic.flows(exchange);
            case "GET check/mtls" -> traffic.mtls(exchange);
            case "GET graph" -> graph.graph(exchange);
            case "GET graph/series" -> graph.series(exchange);
            case "GET graph/routes" -> graph.routes(exchange);
            case "POST explain" -> explain(exchange);
            case "POST certificates" -> certificate(exchange);
            case "GET ca/tokens" -> new TokensApi(tokens).list(exchange);
            case "DELETE ca/tokens" ->
                new TokensApi(tokens).revoke(exchange, exchange.principal().id());
            case "GET bundle" -> federation.bundle(exchange);
            case "GET ca/federation" -> federation.status(exchange);
            case "GET ca/denied" -> denyList.list(exchange);
            case "POST ca/denied" ->
                denyList.deny(exchange, exchange.principal().id());
            case "DELETE ca/denied" ->
                denyList.allow(exchange, exchange.principal().id());
            default -> throw HttpProblem.notFound("/inmesh/v1/" + String.join("/", path));
        }
    }

    private void explain(Exchange exchange) throws IOException, HttpProblem {
        ObjectNode asked = exchange.object();
        demand(exchange, Role.VIEWER, asked.path("namespace").asText("default"));
        if (asked.path("authority").asText().isEmpty()) {
            throw HttpProblem.badRequest("authority is missing: name the host that is called, such as reviews:9080");
        }
        Explanation explanation = Explainer.explain(
                resources.state(),
                new Caller(
                        asked.path("namespace").asText("default"),
                        asked.path("serviceAccount").asText("default"),
                        texts(asked.path("labels")),
                        Locality.parse(asked.path("locality").asText())),
                new Request(
                        asked.path("method").asText("GET"),
                        asked.path("authority").asText(),
                        asked.path("path").asText("/"),
                        texts(asked.path("headers"))));
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
        ObjectNode asked = exchange.object();
        demand(exchange, Role.ADMIN, asked.path("namespace").asText("default"));
        try {
            IssuedCertificate issued = certificates.issueFor(
                    asked.path("namespace").asText("default"),
                    asked.path("serviceAccount").asText("default"),
                    asked.path("csr").asText(),
                    Duration.ofSeconds(asked.path("seconds").asLong(0)),
                    exchange.principal().id());
            int size = issued.chain().size();
            exchange.json(
                    200,
                    Exchange.JSON
                            .createObjectNode()
                            .put("chain", Pem.encode(issued.chain().subList(0, size - 1)))
                            .put("root", Pem.encode(issued.chain().subList(size - 1, size)))
                            .put("notAfter", issued.notAfter().toString()));
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(422, "Invalid", "no certificate: " + e.getMessage());
        }
    }

    private static void demand(Exchange exchange, Role role, String namespace) throws HttpProblem {
        String path = "/" + String.join("/", exchange.path());
        exchange.demand(new Permission(role, namespace, "post", null, path));
    }

    /** Kubernetes' TokenRequest: makes a join token for a service account. */
    void token(Exchange exchange, String namespace, String serviceAccount) throws IOException, HttpProblem {
        JsonNode spec = exchange.object().path("spec");
        long seconds = spec.path("expirationSeconds").asLong(DEFAULT_TOKEN_LIFE.toSeconds());
        int uses = spec.path("maxUses").asInt(DEFAULT_TOKEN_USES);
        try {
            JoinTokens.Issued issued = tokens.issue(
                    namespace,
                    serviceAccount,
                    Duration.ofSeconds(seconds),
                    uses,
                    exchange.principal().id());
            ObjectNode body = Exchange.JSON
                    .createObjectNode()
                    .put("kind", "TokenRequest")
                    .put("apiVersion", "authentication.k8s.io/v1");
            body.putObject("metadata").put("name", serviceAccount).put("namespace", namespace);
            body.putObject("spec").put("expirationSeconds", seconds).put("maxUses", uses);
            body.putObject("status")
                    .put("token", issued.token())
                    .put("expirationTimestamp", issued.expires().toString());
            exchange.json(201, body);
        } catch (IllegalArgumentException e) {
            throw new HttpProblem(422, "Invalid", String.valueOf(e.getMessage()));
        }
    }

    private static Map<String, String> texts(JsonNode object) {
        Map<String, String> texts = new HashMap<>();
        object.properties()
                .forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }
}
