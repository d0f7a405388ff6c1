package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.traffic.Flow;
import io.inmesh.server.traffic.MtlsCheck;
import io.inmesh.server.traffic.MtlsReport;
import io.inmesh.server.traffic.ObservedTraffic;
import io.inmesh.server.traffic.WorkloadGroup;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.RegisteredWorkloads;
import java.io.IOException;
import java.util.function.Supplier;

/** Who called whom in the last hour, and what STRICT would make of it. */
final class TrafficApi {

    private final ObservedTraffic traffic;
    private final Supplier<MeshState> state;
    private final WorkloadRegistry registry;

    TrafficApi(ObservedTraffic traffic, Supplier<MeshState> state, WorkloadRegistry registry) {
        this.traffic = traffic;
        this.state = state;
        this.registry = registry;
    }

    void flows(Exchange exchange) throws IOException {
        ObjectNode body =
                Exchange.JSON.createObjectNode().put("since", traffic.since().toString());
        ArrayNode inbound = body.putArray("inbound");
        ArrayNode outbound = body.putArray("outbound");
        ArrayNode dryRun = body.putArray("dryRun");
        for (Flow flow : traffic.flows()) {
            if (flow instanceof Flow.Inbound in) {
                workload(inbound.addObject(), "workload", in.reporter())
                        .put("port", in.port())
                        .put("connection", in.connection().name())
                        .put("source", in.source())
                        .put("requests", in.requests())
                        .put("refused", in.refused())
                        .put("lastSeen", in.lastSeen().toString());
            } else if (flow instanceof Flow.Outbound out) {
                workload(outbound.addObject(), "workload", out.reporter())
                        .put("host", out.host())
                        .put("port", out.port())
                        .put("requests", out.requests())
                        .put("plaintext", out.plaintext())
                        .put("lastSeen", out.lastSeen().toString());
            } else if (flow instanceof Flow.ShadowDenied denied) {
                workload(dryRun.addObject(), "workload", denied.reporter())
                        .put("policy", denied.policy())
                        .put("source", denied.source())
                        .put("requests", denied.requests())
                        .put("lastSeen", denied.lastSeen().toString());
            }
        }
        exchange.json(200, body);
    }

    void mtls(Exchange exchange) throws IOException, HttpProblem {
        String namespace = exchange.viewedNamespace();
        MeshState now = state.get();
        MtlsReport report = new MtlsCheck(
                        now.rules().peerAuthentications(),
                        now.services(),
                        registry.workloads().stream()
                                .map(RegisteredWorkloads::workload)
                                .toList())
                .report(
                        traffic.flows(),
                        traffic.since(),
                        candidate -> namespace.isEmpty() || candidate.equals(namespace));
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("since", report.since().toString())
                .put("clean", report.clean())
                .put("next", report.next());
        ArrayNode callers = body.putArray("plaintextCallers");
        for (MtlsReport.Caller caller : report.callers()) {
            ObjectNode node = workload(callers.addObject(), "workload", caller.called())
                    .put("port", caller.port())
                    .put("source", caller.source())
                    .put("tls", caller.tls())
                    .put("requests", caller.requests())
                    .put("refused", caller.refused())
                    .put("lastSeen", caller.lastSeen().toString());
            ArrayNode known = node.putArray("sourceWorkloads");
            caller.sourceWorkloads().forEach(known::add);
        }
        ArrayNode calls = body.putArray("plaintextCalls");
        report.calls()
                .forEach(call -> workload(calls.addObject(), "workload", call.caller())
                        .put("host", call.host())
                        .put("port", call.port())
                        .put("plaintext", call.plaintext())
                        .put("requests", call.requests())
                        .put("reason", call.reason())
                        .put("lastSeen", call.lastSeen().toString()));
        ArrayNode ports = body.putArray("ports");
        report.ports()
                .forEach(port -> workload(ports.addObject(), "workload", port.workload())
                        .put("port", port.port())
                        .put("mode", port.mode().name())
                        .put("strict", port.verdict().name())
                        .put("reason", port.reason()));
        ArrayNode dryRuns = body.putArray("dryRuns");
        report.dryRuns()
                .forEach(run -> workload(dryRuns.addObject(), "workload", run.called())
                        .put("policy", run.policy())
                        .put("source", run.source())
                        .put("requests", run.requests())
                        .put("lastSeen", run.lastSeen().toString()));
        exchange.json(200, body);
    }

    private static ObjectNode workload(ObjectNode node, String field, WorkloadGroup workload) {
        node.putObject(field)
                .put("namespace", workload.namespace())
                .put("name", workload.name())
                .put("serviceAccount", workload.serviceAccount());
        return node;
    }
}
