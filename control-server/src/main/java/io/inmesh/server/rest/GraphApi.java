package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.graph.Figures;
import io.inmesh.server.graph.GraphBuilder;
import io.inmesh.server.graph.Health;
import io.inmesh.server.graph.Reading;
import io.inmesh.server.graph.RouteFigures;
import io.inmesh.server.graph.Selection;
import io.inmesh.server.graph.ServiceGraph;
import io.inmesh.server.graph.Subject;
import io.inmesh.server.graph.Surroundings;
import io.inmesh.server.graph.TrafficGraph;
import io.inmesh.server.registry.WorkloadRegistry;
import io.inmesh.server.time.Durations;
import io.inmesh.server.translate.MeshState;
import io.inmesh.server.translate.RegisteredWorkloads;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The graph of services, time series of its parts, and what came of each route. */
final class GraphApi {

    private static final Duration DEFAULT_WINDOW = Duration.ofMinutes(1);
    private static final long DEFAULT_EDGES = 2_000;
    private static final long MOST_EDGES = 10_000;

    private final TrafficGraph traffic;
    private final Supplier<MeshState> state;
    private final WorkloadRegistry registry;

    GraphApi(TrafficGraph traffic, Supplier<MeshState> state, WorkloadRegistry registry) {
        this.traffic = traffic;
        this.state = state;
        this.registry = registry;
    }

    void graph(Exchange exchange) throws IOException, HttpProblem {
        Surroundings surroundings = surroundings();
        Predicate<Subject> viewed = surroundings.concerning(exchange.viewedNamespace());
        ServiceGraph graph =
                GraphBuilder.build(traffic.read(window(exchange), viewed), surroundings, (int) limit(exchange));
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("now", graph.now().toString())
                .put("since", graph.since().toString())
                .put("seconds", graph.seconds())
                .put("omittedEdges", graph.omitted());
        ArrayNode nodes = body.putArray("nodes");
        graph.nodes().forEach(node -> node(nodes.addObject(), node, graph.seconds()));
        ArrayNode edges = body.putArray("edges");
        graph.edges().forEach(edge -> edge(edges.addObject(), edge, graph.seconds()));
        exchange.json(200, body);
    }

    void series(Exchange exchange) throws IOException, HttpProblem {
        Predicate<Subject> viewed = surroundings().concerning(exchange.viewedNamespace());
        String edge = exchange.parameter("edge");
        String node = exchange.parameter("node");
        if ((edge == null) == (node == null)) {
            throw HttpProblem.badRequest("name an edge or a node by its id in /inmesh/v1/graph: ?edge= or ?node=");
        }
        Duration window = window(exchange);
        List<TrafficGraph.Point> points = edge != null
                ? traffic.series(window, viewed.and(Selection.edge(edge)))
                : ofNode(window, viewed, String.valueOf(node));
        ObjectNode body =
                Exchange.JSON.createObjectNode().put("since", traffic.since().toString());
        ArrayNode list = body.putArray("points");
        for (TrafficGraph.Point point : points) {
            ObjectNode one =
                    list.addObject().put("time", point.time().toString()).put("seconds", rounded(point.seconds()));
            figures(one, point.figures(), point.seconds());
        }
        exchange.json(200, body);
    }

    private List<TrafficGraph.Point> ofNode(Duration window, Predicate<Subject> viewed, String node) {
        List<TrafficGraph.Point> own = traffic.series(window, viewed.and(Selection.node(node, false)));
        boolean reports = own.stream().anyMatch(point -> point.figures().calls().total() > 0);
        return reports ? own : traffic.series(window, viewed.and(Selection.node(node, true)));
    }

    void routes(Exchange exchange) throws IOException, HttpProblem {
        Predicate<Subject> viewed = surroundings().concerning(exchange.viewedNamespace());
        String asked = exchange.parameter("service");
        if (asked == null || asked.isEmpty()) {
            throw HttpProblem.badRequest("name a service: ?service=");
        }
        Reading reading = traffic.read(window(exchange), viewed.and(Selection.service(asked)));
        ObjectNode body = Exchange.JSON
                .createObjectNode()
                .put("since", reading.since().toString())
                .put("seconds", rounded(reading.seconds()));
        ArrayNode routes = body.putArray("routes");
        for (RouteFigures route : RouteFigures.of(reading, exchange.flag("sources"))) {
            ObjectNode one = routes.addObject()
                    .put("service", route.host())
                    .put("port", route.port())
                    .put("route", route.route())
                    .put("health", Health.of(route.figures().calls()).name());
            if (!route.source().isEmpty()) {
                one.put("source", route.source());
            }
            figures(one, route.figures(), reading.seconds());
        }
        exchange.json(200, body);
    }

    private Surroundings surroundings() {
        return new Surroundings(
                state.get().services(),
                registry.workloads().stream().map(RegisteredWorkloads::workload).toList());
    }

    private static Duration window(Exchange exchange) throws HttpProblem {
        String asked = exchange.parameter("window");
        if (asked == null || asked.isEmpty()) {
            return DEFAULT_WINDOW;
        }
        return Durations.parse(asked)
                .filter(window -> window.compareTo(TrafficGraph.STEP) >= 0 && window.compareTo(TrafficGraph.KEPT) <= 0)
                .orElseThrow(() ->
                        HttpProblem.badRequest("window is \"" + asked + "\" but has to be from 10s to 1h, such as 5m"));
    }

    private static long limit(Exchange exchange) throws HttpProblem {
        String asked = exchange.parameter("limit");
        if (asked == null || asked.isEmpty()) {
            return DEFAULT_EDGES;
        }
        if (!asked.matches("[0-9]{1,5}") || Long.parseLong(asked) < 1 || Long.parseLong(asked) > MOST_EDGES) {
            throw HttpProblem.badRequest("limit has to be a number from 1 to " + MOST_EDGES);
        }
        return Long.parseLong(asked);
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

    private static void figures(ObjectNode json, Figures figures, double seconds) {
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
    private static @Nullable Double rounded(double number) {
        return Double.isNaN(number) ? null : Math.round(number * 1e5) / 1e5;
    }
}
