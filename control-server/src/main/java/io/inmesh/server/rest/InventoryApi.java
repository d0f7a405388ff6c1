package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.lrs.UnusableEndpoint;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.peer.Fleet;
import io.inmesh.server.peer.Heard;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.server.source.DiscoveredServices;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.validate.Schemas;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Which services there are with what is behind them, and which kinds of configuration with their fields. */
final class InventoryApi {

    private final Supplier<MeshState> state;
    private final Fleet fleet;
    private final Supplier<List<UnusableEndpoint>> unusable;
    private final DiscoveredServices discovered;
    private final ResourcesApi resources;
    private final Schemas schemas = new Schemas();

    InventoryApi(
            Supplier<MeshState> state,
            Fleet fleet,
            Supplier<List<UnusableEndpoint>> unusable,
            DiscoveredServices discovered,
            ResourcesApi resources) {
        this.unusable = unusable;
        this.discovered = discovered;
        this.resources = resources;
        this.state = state;
        this.fleet = fleet;
    }

    /** Answers with all resources of one namespace, or of all. */
    void resources(Exchange exchange) throws IOException, HttpProblem {
        resources.list(exchange);
    }

    /**
     * Answers with the services of one namespace, the query's, or of all; of those only which the namespace {@code as} may see, if the query
     * names one; an instance that is connected with the status of its process, and one that callers send no calls to with who they are and
     * why.
     */
    void services(Exchange exchange) throws IOException, HttpProblem {
        String namespace = exchange.viewedNamespace();
        String as = exchange.parameter("as");
        Map<String, ConnectedProcess> processes = new HashMap<>();
        Heard<ConnectedProcess> connected = fleet.processes();
        // Stock gRPC has several connections.
        connected
                .all()
                .forEach(process -> processes.merge(
                        process.nodeId(),
                        process,
                        BinaryOperator.maxBy(Comparator.comparing(ConnectedProcess::connectedSince))));
        Map<String, List<UnusableEndpoint>> passedOver =
                unusable.get().stream().collect(Collectors.groupingBy(UnusableEndpoint::host));
        ObjectNode body = Exchange.JSON.createObjectNode();
        SilentJson.write(body, connected.silent(), namespace);
        ArrayNode services = body.putArray("services");
        for (MeshService service : state.get().services().all().values()) {
            boolean seen = as == null || service.scope().visibleFrom(as);
            if (seen && (namespace.isEmpty() || namespace.equals(service.namespace()))) {
                service(services.addObject(), service, processes, passedOver.getOrDefault(service.fqdn(), List.of()));
            }
        }
        exchange.json(200, body);
    }

    private void service(
            ObjectNode node,
            MeshService service,
            Map<String, ConnectedProcess> processes,
            List<UnusableEndpoint> passedOver) {
        node.put("host", service.fqdn())
                .put("name", service.name())
                .put("namespace", service.namespace())
                .put("external", service.external())
                .put("resolution", service.resolution().name())
                .put("source", service.source().toString());
        ArrayNode ports = node.putArray("ports");
        for (ServicePort port : service.ports()) {
            ports.addObject()
                    .put("number", port.number())
                    .put("name", port.name())
                    .put("protocol", port.protocol().name());
        }
        ArrayNode instances = node.putArray("instances");
        for (Workload workload : service.workloads()) {
            ObjectNode instance = instances.addObject();
            instance(instance, workload);
            SourceJson.origin(instance.putObject("origin"), workload, discovered.origin(workload.id()));
            ArrayNode unusableTo = instance.putArray("unusableTo");
            passedOver.stream()
                    .filter(endpoint -> endpoint.address().equalsIgnoreCase(workload.address()))
                    .forEach(endpoint -> unusableTo
                            .addObject()
                            .put("namespace", endpoint.namespace())
                            .put("workload", endpoint.caller())
                            .put("port", endpoint.port())
                            .put("cause", endpoint.cause())
                            .put("why", endpoint.why()));
            ConnectedProcess process = processes.get(workload.id());
            if (process != null) {
                StatusApi.process(instance.putObject("process"), process, Instant.now());
            }
        }
    }

    private static void instance(ObjectNode node, Workload workload) {
        node.put("id", workload.id())
                .put("name", workload.name())
                .put("namespace", workload.namespace())
                .put("serviceAccount", workload.serviceAccount())
                .put("address", workload.address())
                .put("locality", workload.locality().toString())
                .put("weight", workload.weight())
                .put("health", workload.health().name())
                .put("meshTls", workload.meshTls());
        ObjectNode ports = node.putObject("ports");
        workload.ports().forEach(ports::put);
        ObjectNode labels = node.putObject("labels");
        workload.labels().forEach(labels::put);
    }

    /** Answers with every kind that can be written, what becomes of it, and its fields in the notation of {@code schema/README.md}. */
    void kinds(Exchange exchange) throws IOException {
        ObjectNode body = Exchange.JSON.createObjectNode();
        ArrayNode kinds = body.putArray("kinds");
        for (Kinds.Kind kind : Kinds.all()) {
            if (kind.use() == Kinds.Kind.Use.SKIPPED || kind.use() == Kinds.Kind.Use.REFUSED) {
                continue;
            }
            ObjectNode node = kinds.addObject()
                    .put("group", kind.group())
                    .put("kind", kind.kind())
                    .put("plural", kind.plural())
                    .put("apiVersion", kind.apiVersion())
                    .put("namespaced", kind.namespaced())
                    .put("enforced", kind.use() == Kinds.Kind.Use.ENFORCED)
                    .put("why", kind.why());
            ArrayNode versions = node.putArray("versions");
            kind.versions().forEach(versions::add);
            ArrayNode shortNames = node.putArray("shortNames");
            kind.shortNames().forEach(shortNames::add);
            schemas.of(kind.kind()).ifPresent(schema -> node.set("schema", schema));
        }
        schemas.of("Metadata").ifPresent(metadata -> body.set("metadata", metadata));
        exchange.json(200, body);
    }
}
