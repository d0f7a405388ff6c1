package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "stat",
        description =
                "How well calls to each service go: as applications experience them, retries taken together. All namespaces"
                        + " unless -n is given.")
final class StatCommand extends GraphCommand {

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "SERVICE",
            description = "One service, by short or full name.")
    @Offered(Offer.SERVICES)
    private @Nullable String service;

    @Option(names = "--workloads", description = "The versions of workloads instead of services, by their own word.")
    private boolean workloads;

    @Override
    JsonNode fetch(Api api) throws Failure {
        return ask(api, "/inmesh/v1/graph", "limit", "10000");
    }

    @Override
    List<String> header() {
        return List.of(
                "NAME",
                "MESHED",
                "SUCCESS",
                "RPS",
                "P50",
                "P95",
                "P99",
                "RETRY%",
                "HEALTH",
                "NAMESPACE",
                "HTTP_4XX",
                "HTTP_5XX",
                "GRPC",
                "TRANSPORT",
                "REJECTED");
    }

    @Override
    int narrow() {
        return header().indexOf("NAMESPACE");
    }

    @Override
    ArrayNode selected(JsonNode graph) throws Failure {
        List<String> kinds = workloads ? List.of("WORKLOAD") : List.of("SERVICE", "EXTERNAL_SERVICE");
        ArrayNode nodes = where(
                graph.path("nodes"),
                node -> kinds.contains(node.path("kind").asText())
                        && node.has("effective")
                        && (service == null || called(node, service)));
        if (service != null && nodes.isEmpty() && !watching()) {
            throw new Failure(ExitCode.FINDINGS, "nothing was heard of " + service + " in that time; see meshctl stat");
        }
        return nodes;
    }

    @Override
    List<Row> rows(JsonNode graph) throws Failure {
        List<Row> rows = new ArrayList<>();
        for (JsonNode node : selected(graph)) {
            JsonNode calls = node.path("effective");
            rows.add(new Row(
                    node.path("id").asText(),
                    node.path("health").asText(),
                    List.of(
                            nameOf(node, ""),
                            node.path("meshed").asText() + "/"
                                    + node.path("endpoints").asText(),
                            percent(calls.path("success")),
                            rate(calls.path("rps")),
                            duration(calls.path("p50")),
                            duration(calls.path("p95")),
                            duration(calls.path("p99")),
                            percent(node.path("retries")),
                            node.path("health").asText(),
                            node.path("namespace").asText(),
                            calls.path("http4xx").asText(),
                            calls.path("http5xx").asText(),
                            counts(calls.path("grpc")),
                            counts(calls.path("transport")),
                            counts(calls.path("reasons")))));
        }
        rows.sort(Comparator.comparing(row -> row.cells().get(0)));
        return rows;
    }
}
