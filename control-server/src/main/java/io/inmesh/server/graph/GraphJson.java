package io.inmesh.server.graph;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The graph as JSON. {@code docs/graph.md} describes the fields. */
public final class GraphJson {

    private GraphJson() {}

    /** {@return the whole graph} */
    public static ObjectNode of(ServiceGraph graph) {
        ObjectNode body = JsonNodeFactory.instance
                .objectNode()
                .put("now", graph.now().toString())
                .put("since", graph.since().toString())
                .put("seconds", rounded(graph.seconds()))
                .put("omittedEdges", graph.omitted());
        ArrayNode nodes = body.putArray("nodes");
        graph.nodes().forEach(node -> node(nodes.addObject(), node, graph.seconds()));
        ArrayNode edges = body.putArray("edges");
        graph.edges().forEach(edge -> edge(edges.addObject(), edge, graph.seconds()));
        return body;
    }

    private static void node(ObjectNode json, ServiceGraph.Node node, double seconds) {
        json.put("id", node.id())
                .put("kind", node.kind().name())
                .put("namespace", node.namespace())
                .put("name", node.name())
                .put("version", node.version())
                .put("endpoints", node.endpoints())
                .put("meshed", node.meshed())
                .put("health", node.health().name());
        ArrayNode services = json.putArray("services");
        node.services().forEach(services::add);
        ArrayNode identities = json.putArray("identities");
        node.identities().forEach(identities::add);
        Figures figures = node.figures();
        if (figures != null) {
            figures(json, figures, seconds);
        }
    }

    private static void edge(ObjectNode json, ServiceGraph.Edge edge, double seconds) {
        json.put("id", edge.id())
                .put("source", edge.source())
                .put("service", edge.service())
                .put("port", edge.port())
                .put("destination", edge.destination())
                .put("health", edge.health().name())
                .put("mtls", rounded(edge.mtls()))
                .put("lastSeen", edge.lastSeen().toString());
        ArrayNode protocols = json.putArray("protocols");
        edge.protocols().forEach(protocols::add);
        figures(json, edge.figures(), seconds);
    }

    /** Puts calls and attempts of some seconds into {@code json}. */
    public static void figures(ObjectNode json, Figures figures, double seconds) {
        results(json.putObject("effective"), figures.calls(), seconds);
        results(json.putObject("actual"), figures.attempts(), seconds);
        json.put("retries", rounded(ServiceGraph.Edge.retries(figures)));
    }

    private static void results(ObjectNode json, Figures.Results results, double seconds) {
        json.put("requests", results.total())
                .put("rps", rounded(results.total() / seconds))
                .put("success", rounded(results.success()))
                .put("p50", rounded(results.p50()))
                .put("p95", rounded(results.p95()))
                .put("p99", rounded(results.p99()))
                .put("failed", results.failed())
                .put("rejected", results.rejected())
                .put("cancelled", results.cancelled())
                .put("http4xx", results.http4xx())
                .put("http5xx", results.http5xx());
        ObjectNode grpc = json.putObject("grpc");
        results.grpc().forEach((status, count) -> grpc.put(String.format(Locale.ROOT, "%d", status), count));
        ObjectNode transport = json.putObject("transport");
        results.transport().forEach(transport::put);
        ObjectNode reasons = json.putObject("reasons");
        results.reasons().forEach(reasons::put);
    }

    /** {@return a number with as many digits as it means something; null for none} */
    public static @Nullable Double rounded(double number) {
        return Double.isNaN(number) ? null : Math.round(number * 1e5) / 1e5;
    }
}
