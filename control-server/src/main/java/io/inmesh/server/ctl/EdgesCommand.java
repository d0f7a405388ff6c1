package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "edges",
        description =
                "Who calls whom, how well that goes, and whether it is secured; the least healthy first. Hosts and callers outside"
                        + " of the mesh are shown as such. All namespaces unless -n is given.")
final class EdgesCommand extends GraphCommand {

    @Parameters(index = "0", arity = "0..1", paramLabel = "SERVICE", description = "Calls to one service only.")
    @Offered(Offer.SERVICES)
    private @Nullable String service;

    @Option(names = "--from", description = "Calls of one workload only, by its name or name-version.")
    private @Nullable String from;

    @Override
    JsonNode fetch(Api api) throws Failure {
        JsonNode graph = ask(api, "/inmesh/v1/graph", "limit", "10000");
        int omitted = graph.path("omittedEdges").asInt();
        if (omitted > 0) {
            err().println(omitted + " more, none less healthy than these, are not shown; name a namespace with -n");
        }
        return graph;
    }

    @Override
    List<String> header() {
        return List.of(
                "SRC",
                "DST",
                "PROTO",
                "RPS",
                "SUCCESS",
                "P95",
                "SECURED",
                "HEALTH",
                "SRC_NS",
                "DST_NS",
                "SERVICE",
                "SRC_ID",
                "P50",
                "P99",
                "RETRY%",
                "HTTP_4XX",
                "HTTP_5XX",
                "GRPC",
                "TRANSPORT",
                "REJECTED",
                "LAST_SEEN");
    }

    @Override
    int narrow() {
        return header().indexOf("SRC_NS");
    }

    @Override
    ArrayNode selected(JsonNode graph) throws Failure {
        Map<String, JsonNode> nodes = nodes(graph);
        ArrayNode edges = where(
                graph.path("edges"), edge -> to(nodes.get(edge.path("service").asText())) && from(nodes, edge));
        if (edges.isEmpty() && (service != null || from != null) && !watching()) {
            throw new Failure(
                    ExitCode.FINDINGS,
                    (from == null ? "nobody" : from) + " called " + (service == null ? "anybody" : service)
                            + " in that time, as far as is known; see meshctl edges");
        }
        return edges;
    }

    private boolean to(@Nullable JsonNode node) {
        return service == null || (node != null && called(node, service));
    }

    private boolean from(Map<String, JsonNode> nodes, JsonNode edge) {
        String id = edge.path("source").asText();
        JsonNode node = nodes.get(id);
        return from == null
                || nameOf(node, id).equals(from)
                || (node != null && node.path("name").asText().equals(from));
    }

    private static Map<String, JsonNode> nodes(JsonNode graph) {
        Map<String, JsonNode> nodes = new HashMap<>();
        graph.path("nodes").forEach(node -> nodes.put(node.path("id").asText(), node));
        return nodes;
    }

    @Override
    List<Row> rows(JsonNode graph) throws Failure {
        Map<String, JsonNode> nodes = nodes(graph);
        List<Row> rows = new ArrayList<>();
        for (JsonNode edge : selected(graph)) {
            String source = edge.path("source").asText();
            String called = edge.path("service").asText();
            String answered = edge.path("destination").asText();
            JsonNode from = nodes.get(source);
            JsonNode to = nodes.get(answered.isEmpty() ? called : answered);
            JsonNode calls = edge.path("effective");
            JsonNode attempts = edge.path("actual");
            // What was sent is what the one who answered saw; what nobody answered was never sent.
            JsonNode seen = attempts.path("requests").asLong() > 0 ? attempts : calls;
            List<String> protocols = new ArrayList<>();
            edge.path("protocols").forEach(protocol -> protocols.add(protocol.asText()));
            rows.add(new Row(
                    edge.path("id").asText(),
                    edge.path("health").asText(),
                    List.of(
                            outside(from, nameOf(from, source)),
                            answered.isEmpty()
                                    ? outside(to, nameOf(to, called) + (to != null && mesh(to) ? " (nobody)" : ""))
                                    : nameOf(to, answered),
                            String.join("+", protocols),
                            rate(seen.path("rps")),
                            percent(seen.path("success")),
                            duration(seen.path("p95")),
                            percent(edge.path("mtls")),
                            edge.path("health").asText(),
                            from == null ? "" : from.path("namespace").asText(),
                            to == null ? "" : to.path("namespace").asText(),
                            called.isEmpty() ? "" : called.substring(called.indexOf(':') + 1),
                            identities(from),
                            duration(seen.path("p50")),
                            duration(seen.path("p99")),
                            percent(edge.path("retries")),
                            seen.path("http4xx").asText(),
                            seen.path("http5xx").asText(),
                            counts(seen.path("grpc")),
                            counts(seen.path("transport")),
                            counts(calls.path("reasons")),
                            Table.age(edge.path("lastSeen").asText()))));
        }
        return rows;
    }

    private static boolean mesh(JsonNode node) {
        return node.path("kind").asText().equals("SERVICE");
    }

    private static String outside(@Nullable JsonNode node, String name) {
        return switch (node == null ? "" : node.path("kind").asText()) {
            case "UNKNOWN_HOST", "UNKNOWN_CALLER" -> name + " (not in the mesh)";
            case "EXTERNAL_SERVICE" -> name + " (external)";
            default -> name;
        };
    }

    private static String identities(@Nullable JsonNode node) {
        List<String> names = new ArrayList<>();
        if (node != null) {
            node.path("identities").forEach(identity -> names.add(identity.asText()));
        }
        return String.join(" ", names);
    }
}
