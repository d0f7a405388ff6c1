package io.inmesh.bench.graph;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.inmesh.server.console.ConsoleFile;
import io.inmesh.server.console.ConsoleFiles;
import io.inmesh.server.graph.GraphBuilder;
import io.inmesh.server.graph.GraphJson;
import io.inmesh.server.graph.Surroundings;
import io.inmesh.server.graph.TrafficGraph;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.store.ConfigView;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;

/**
 * Serves the console with the graph of 1,000 services and 10,000 edges, so that a browser can be watched with it. It answers as the control
 * server does, 2,000 edges at most; everything else that the page asks for is empty. Prints its URL and goes on until it is stopped.
 */
public final class GraphPages {

    private static final int SERVICES = 1_000;
    private static final int CALLEES = 10;
    private static final int EDGES = 2_000;
    private static final int STEPS = 6;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ConsoleFiles files = ConsoleFiles.load();
    private final TrafficGraph graph;
    private final Surroundings surroundings = new Surroundings(
            "inmesh.local",
            ServiceIndex.of(new ConfigView(1, List.of()), List.of(), RuleSettings.forTrustDomain("inmesh.local")),
            List.of());

    private GraphPages(TrafficGraph graph) throws IOException {
        this.graph = graph;
    }

    /** Runs the program. */
    public static void main(String[] arguments) throws IOException {
        HourOfTraffic traffic = new HourOfTraffic(SERVICES, CALLEES);
        StoppedTime time = new StoppedTime();
        TrafficGraph graph = new TrafficGraph(time, InstantSource.system(), new SimpleMeterRegistry());
        for (int step = 0; step < STEPS; step++) {
            traffic.report(graph, step);
            time.pass(TrafficGraph.STEP);
        }
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", new GraphPages(graph)::answer);
        server.start();
        System.out.println("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        switch (path) {
            case "/console/" -> send(exchange, files.page(ConsoleFiles.INDEX));
            case "/inmesh/v1/session" ->
                json(
                        exchange,
                        "{\"name\":\"loopback\",\"proof\":\"loopback\",\"csrf\":null,\"roles\":{\"*\":\"admin\"}}");
            case "/inmesh/v1/graph" ->
                json(
                        exchange,
                        JSON.writeValueAsString(GraphJson.of(GraphBuilder.build(
                                graph.read(Duration.ofMinutes(1), subject -> true), surroundings, EDGES))));
            default -> {
                String prefix = "/console/" + files.build() + "/";
                if (path.startsWith(prefix)) {
                    send(exchange, files.find(path.substring(prefix.length())).orElseThrow());
                } else {
                    json(exchange, "{\"services\":[],\"series\":[]}");
                }
            }
        }
    }

    private static void send(HttpExchange exchange, ConsoleFile file) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", file.contentType());
        write(exchange, file.plain());
    }

    private static void json(HttpExchange exchange, String text) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        write(exchange, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void write(HttpExchange exchange, byte[] bytes) throws IOException {
        exchange.sendResponseHeaders(200, bytes.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }
}
