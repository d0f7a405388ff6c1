package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.access.Permission;
import io.inmesh.server.access.Role;
import io.inmesh.server.ads.ClientStatuses;
import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.ads.HeldResource;
import io.inmesh.server.ads.Impact;
import io.inmesh.server.ads.ProcessConfig;
import io.inmesh.server.ads.TranslatedResources;
import io.inmesh.server.ca.CertificateFacts;
import io.inmesh.server.ca.Pem;
import io.inmesh.server.inspect.ProtoJson;
import io.inmesh.server.inspect.Sources;
import io.inmesh.server.peer.Fleet;
import io.inmesh.server.peer.Heard;
import io.inmesh.server.peer.ToldByAll;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.server.write.ConfigWriter;
import io.inmesh.server.write.Document;
import io.inmesh.server.write.Origin;
import io.inmesh.server.write.Plan;
import io.inmesh.server.write.UnifiedDiff;
import io.inmesh.xds.status.ClientStatusResponse;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** What one process has been sent, with the rules behind it; and what it would be sent if configuration were another. */
final class InspectApi {

    private final ConfigWriter writer;
    private final TranslatedResources resources;
    private final Fleet fleet;

    InspectApi(ConfigWriter writer, TranslatedResources resources, Fleet fleet) {
        this.writer = writer;
        this.resources = resources;
        this.fleet = fleet;
    }

    /** Everything a process has been sent; with {@code type}, only that type. */
    void inspect(Exchange exchange) throws IOException, HttpProblem {
        ProcessConfig process = process(exchange);
        Sources sources = new Sources(writer.store().view());
        String type = exchange.parameter("type");
        ObjectNode body = head(process.process());
        ArrayNode list = body.putArray("resources");
        for (HeldResource held : process.held()) {
            String shortType = XdsNames.shortType(held.typeUrl());
            if (type != null && !type.equals(shortType)) {
                continue;
            }
            ObjectNode node = list.addObject()
                    .put("type", shortType)
                    .put("name", held.name())
                    .put("version", held.version());
            VersionedResource resource = held.resource();
            if (resource != null) {
                JsonNode content = ProtoJson.of(resource.any());
                ArrayNode from = node.putArray("from");
                sources.of(content).forEach(from::add);
                node.set("content", content);
            }
        }
        exchange.json(200, body);
    }

    /**
     * The same in the messages of CSDS, for programs that speak it: a {@code ClientStatusResponse} in Base64. Nothing is left out of it, so
     * it is for administrators.
     */
    void clientStatus(Exchange exchange) throws IOException, HttpProblem {
        demand(exchange, Role.ADMIN, namespace(exchange));
        ProcessConfig process = process(exchange);
        byte[] status = ClientStatusResponse.newBuilder()
                .addConfig(ClientStatuses.of(process, true))
                .build()
                .toByteArray();
        exchange.json(
                200,
                Exchange.JSON
                        .createObjectNode()
                        .put("process", process.process().instance())
                        .put("clientStatus", Base64.getEncoder().encodeToString(status)));
    }

    /** What a file would change of what a process is sent. */
    void shadow(Exchange exchange) throws IOException, HttpProblem {
        ProcessConfig process = process(exchange);
        List<Document> documents = FilesApi.documents(exchange);
        String namespace = process.process().namespace();
        for (Document document : documents) {
            demand(exchange, Role.VIEWER, document.key(namespace).namespace());
        }
        Plan plan = writer.plan(documents.stream().map(Document::body).toList(), namespace, Origin.API);
        ObjectNode body = head(process.process()).put("accepted", plan.accepted());
        FilesApi.problems(body.putArray("problems"), plan.problems(), documents, namespace);
        ArrayNode changes = body.putArray("changes");
        if (plan.accepted()) {
            MeshState now = resources.state();
            MeshState then = resources.stateWith(plan.after());
            for (Impact.Affected affected : Impact.of(now, then, List.of(process))) {
                for (Impact.Moved moved : affected.moved()) {
                    changes.addObject()
                            .put("type", XdsNames.shortType(moved.typeUrl()))
                            .put("name", moved.name())
                            .put("change", moved.change().name())
                            .put("diff", diff(process.process(), moved, now, then));
                }
            }
        }
        exchange.json(plan.accepted() ? 200 : 422, body);
    }

    private static String diff(ConnectedProcess process, Impact.Moved moved, MeshState now, MeshState then) {
        String name = XdsNames.shortType(moved.typeUrl()) + "/" + moved.name();
        return UnifiedDiff.between(
                "before/" + name, "after/" + name, lines(process, moved, now), lines(process, moved, then));
    }

    private static List<String> lines(ConnectedProcess process, Impact.Moved moved, MeshState state) {
        return state.resourcesFor(process.context())
                .find(moved.typeUrl(), moved.name())
                .map(resource ->
                        UnifiedDiff.yaml(ProtoJson.of(resource.any())).lines().toList())
                .orElse(List.of());
    }

    private ProcessConfig process(Exchange exchange) throws HttpProblem {
        String namespace = namespace(exchange);
        demand(exchange, Role.VIEWER, namespace);
        String name = Objects.requireNonNullElse(exchange.parameter("process"), "");
        if (name.isEmpty()) {
            throw HttpProblem.badRequest("process is missing: name one of those that meshctl status shows");
        }
        Heard<ConnectedProcess> connected = fleet.processes();
        List<ConnectedProcess> candidates = connected.all().stream()
                .filter(process -> process.namespace().equals(namespace))
                // Stock gRPC has several connections.
                .sorted(Comparator.comparing(ConnectedProcess::connectedSince).reversed())
                .toList();
        ConnectedProcess wanted = candidates.stream()
                .filter(process -> process.instance().equals(name))
                .findFirst()
                // Where there is one of a service, or any is as good as the other, its name will do.
                .or(() -> candidates.stream()
                        .filter(process -> process.serviceAccount().equals(name)
                                || name.equals(process.labels().get("app")))
                        .findFirst())
                .orElseThrow(() -> SilentJson.notFound(
                        "connected process \"" + name + "\" of namespace " + namespace + " (see meshctl status)",
                        connected.silent()));
        ToldByAll told = fleet.configs(wanted.nodeId());
        return told.told().configs().stream()
                // Ids are claimed, namespaces are proven.
                .filter(config -> config.process().namespace().equals(namespace))
                .max(Comparator.comparing(config -> config.process().connectedSince()))
                .orElseThrow(() -> HttpProblem.unavailable(
                        "connected process \"" + name + "\" is too busy to tell what it has, or is just going"));
    }

    private static ObjectNode head(ConnectedProcess process) {
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("process", process.instance())
                .put("namespace", process.namespace())
                .put("serviceAccount", process.serviceAccount())
                .put("userAgent", process.userAgent())
                .put("state", process.state().name());
        ArrayNode chain = body.putArray("certificates");
        for (X509Certificate certificate : process.chain()) {
            CertificateFacts facts = CertificateFacts.of(certificate);
            chain.addObject()
                    .put("subject", facts.subject())
                    .put("issuer", facts.issuer())
                    .put("serial", facts.serial())
                    .put("notBefore", facts.notBefore().toString())
                    .put("notAfter", facts.notAfter().toString())
                    .put("pem", Pem.encode(certificate));
        }
        return body;
    }

    private static String namespace(Exchange exchange) {
        return Objects.requireNonNullElse(exchange.parameter("namespace"), "default");
    }

    private static void demand(Exchange exchange, Role role, String namespace) throws HttpProblem {
        String path = "/" + String.join("/", exchange.path());
        exchange.demand(new Permission(role, namespace, "get", null, path));
    }
}
