package io.inmesh.server.rest;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.graph.GraphBuilder;
import io.inmesh.server.graph.GraphJson;
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
import java.util.function.Predicate;
import java.util.function.Supplier;

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
        exchange.json(200, GraphJson.of(graph));
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
            ObjectNode one = list.addObject()
                    .put("time", point.time().toString())
                    .put("seconds", GraphJson.rounded(point.seconds()));
            GraphJson.figures(one, point.figures(), point.seconds());
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
                .put("seconds", GraphJson.rounded(reading.seconds()));
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
            GraphJson.figures(one, route.figures(), reading.seconds());
        }
        exchange.json(200, body);
    }

    private Surroundings surroundings() {
        return new Surroundings(
                state.get().trustDomain(),
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
}
