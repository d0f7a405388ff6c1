package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ads.CertificateReport;
import io.inmesh.server.ads.ConnectedProcess;
import io.inmesh.server.ads.TypeStatus;
import io.inmesh.server.cluster.ClusterConfigs;
import io.inmesh.server.gateway.RouteStatuses;
import io.inmesh.server.model.Kinds;
import io.inmesh.server.model.Resource;
import io.inmesh.server.peer.Fleet;
import io.inmesh.server.peer.Heard;
import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.replica.Leadership;
import io.inmesh.server.replica.Replica;
import io.inmesh.server.semantic.GrpcLimits;
import io.inmesh.server.source.DiscoveredServices;
import io.inmesh.server.store.ConfigStore.Behind;
import io.inmesh.server.store.ConfigView;
import io.inmesh.server.store.Engine;
import io.inmesh.server.translate.MeshState;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Who is connected, what each process runs, who is registered, and what of the configuration is not in force. */
final class StatusApi {

    private final Supplier<ConfigView> view;
    private final Supplier<Optional<Behind>> behind;
    private final Supplier<Optional<Engine.Refusal>> refusal;
    private final Supplier<List<RegisteredWorkload>> workloads;
    private final Supplier<List<String>> folderProblems;
    private final DiscoveredServices discovered;
    private final ClusterConfigs clusters;

    private final Supplier<MeshState> state;
    private final RouteStatuses routes;
    private final Leadership leadership;
    private final Fleet fleet;
    private final boolean open;
    private final InstantSource clock;

    StatusApi(
            Supplier<ConfigView> view,
            Supplier<Optional<Behind>> behind,
            Supplier<Optional<Engine.Refusal>> refusal,
            Supplier<List<RegisteredWorkload>> workloads,
            Supplier<List<String>> folderProblems,
            DiscoveredServices discovered,
            ClusterConfigs clusters,
            Supplier<MeshState> state,
            RouteStatuses routes,
            Leadership leadership,
            Fleet fleet,
            boolean open,
            InstantSource clock) {
        this.clock = clock;
        this.open = open;
        this.routes = routes;
        this.leadership = leadership;
        this.fleet = fleet;
        this.state = state;
        this.view = view;
        this.behind = behind;
        this.refusal = refusal;
        this.workloads = workloads;
        this.folderProblems = folderProblems;
        this.discovered = discovered;
        this.clusters = clusters;
    }

    /** Answers for one namespace, the query's, or for all of them. */
    void status(Exchange exchange) throws IOException, HttpProblem {
        String namespace = exchange.viewedNamespace();
        Predicate<String> shown = name -> namespace.isEmpty() || namespace.equals(name);
        ConfigView now = view.get();
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("now", clock.instant().toString())
                .put("revision", now.revision())
                .put("openOnLoopback", open);
        ObjectNode kept = body.putObject("store");
        behind.get()
                .ifPresent(since ->
                        kept.put("behindSince", since.since().toString()).put("reason", since.reason()));
        refusal.get()
                .ifPresent(since ->
                        kept.put("refusingSince", since.since().toString()).put("refused", since.reason()));
        Heard<ConnectedProcess> connected = fleet.processes();
        SilentJson.write(body, connected.silent(), namespace);
        ArrayNode processes = body.putArray("processes");
        for (ConnectedProcess process : connected.all()) {
            if (!shown.test(process.namespace())) {
                continue;
            }
            ObjectNode node = processes.addObject();
            process(node, process, clock.instant());
            ArrayNode limits = node.putArray("unenforced");
            GrpcLimits.of(state.get(), process.context())
                    .forEach(limit -> limits.addObject()
                            .put("resource", limit.resource().toString())
                            .put("field", limit.fieldPath())
                            .put("reason", limit.message()));
        }
        ArrayNode registered = body.putArray("workloads");
        workloads.get().stream()
                .filter(workload -> shown.test(workload.namespace()))
                .forEach(workload -> workload(registered.addObject(), workload));
        ArrayNode problems = body.putArray("folderProblems");
        if (namespace.isEmpty()) {
            folderProblems.get().forEach(problems::add);
            SourceJson.write(body.putArray("sources"), discovered.statuses());
            ClusterJson.write(body.putArray("clusters"), clusters);
            replicas(body.putArray("replicas"));
        }
        ArrayNode unenforced = body.putArray("unenforced");
        for (Resource resource : now.all()) {
            if (!shown.test(resource.key().namespace())) {
                continue;
            }
            Kinds.Kind kind = Kinds.of(resource.key());
            if (kind.use() == Kinds.Kind.Use.STORED) {
                unenforced(unenforced, resource, kind.why());
            }
            routes.problems(resource, now).forEach(problem -> unenforced(unenforced, resource, problem));
        }
        exchange.json(200, body);
    }

    private void replicas(ArrayNode list) {
        String leader = leadership.leader().orElse("");
        Map<String, String> unreachable = fleet.unreachable();
        for (Replica replica : leadership.replicas()) {
            list.addObject()
                    .put("name", replica.name())
                    .put("grpc", replica.grpc())
                    .put("http", replica.http())
                    .put("version", replica.version())
                    .put(
                            "since",
                            Instant.ofEpochSecond(replica.sinceEpochSecond()).toString())
                    .put("root", replica.root())
                    .put("processes", replica.streams())
                    .put("leads", replica.id().equals(leader))
                    .put("answers", replica.id().equals(leadership.id()))
                    .put("unreachable", unreachable.getOrDefault(replica.id(), ""));
        }
    }

    private static void unenforced(ArrayNode list, Resource resource, String reason) {
        list.addObject().put("resource", resource.key().toString()).put("reason", reason);
    }

    private static void certificate(ObjectNode node, CertificateReport report, Instant now) {
        node.put("serial", report.serial())
                .put("notAfter", report.notAfter().toString())
                .put("secondsLeft", Duration.between(now, report.notAfter()).toSeconds())
                .put("health", report.health().name());
        if (!report.failure().isEmpty()) {
            node.put("renewalFailure", report.failure());
        }
        report.failingSince().ifPresent(since -> node.put("renewalFailingSince", since.toString()));
        ArrayNode roots = node.putArray("trustedRoots");
        report.roots().forEach(roots::add);
    }

    static void process(ObjectNode node, ConnectedProcess process, Instant now) {
        node.put("name", process.instance())
                .put("namespace", process.namespace())
                .put("serviceAccount", process.serviceAccount())
                .put("address", process.address())
                .put("userAgent", process.userAgent())
                .put("state", process.state().name())
                .put("connectedSince", process.connectedSince().toString());
        process.certificateExpiry().ifPresent(expiry -> node.put("certificateExpiry", expiry.toString()));
        process.certificate().ifPresent(report -> certificate(node.putObject("certificate"), report, now));
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

    private static void workload(ObjectNode node, RegisteredWorkload workload) {
        node.put("name", workload.name())
                .put("namespace", workload.namespace())
                .put("serviceAccount", workload.serviceAccount())
                .put("address", workload.address())
                .put("health", workload.health().name());
        ObjectNode ports = node.putObject("ports");
        workload.ports().forEach(ports::put);
        ObjectNode labels = node.putObject("labels");
        workload.labels().forEach(labels::put);
    }
}
