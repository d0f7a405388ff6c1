package io.inmesh.bench.graph;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.bench.report.Bootstrap;
import io.inmesh.bench.report.Estimate;
import io.inmesh.bench.report.Goal;
import io.inmesh.bench.report.Report;
import io.inmesh.bench.report.Row;
import io.inmesh.server.graph.GraphBuilder;
import io.inmesh.server.graph.GraphJson;
import io.inmesh.server.graph.ServiceGraph;
import io.inmesh.server.graph.Surroundings;
import io.inmesh.server.graph.TrafficGraph;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.store.ConfigView;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;

/** What an hour of 10,000 edges between 1,000 services takes: memory, time to take a report, time to answer. */
public final class GraphCost {

    private static final int SERVICES = 1_000;
    private static final int CALLEES = 10;
    private static final int ROUNDS = 15;
    private static final int WARM_UP = 5;
    private static final long SEED = 20;
    private static final double MIB = 1 << 20;

    private GraphCost() {}

    /**
     * Measures, prints a table and keeps it.
     *
     * @param arguments the folder for results
     */
    public static void main(String[] arguments) throws IOException {
        HourOfTraffic traffic = new HourOfTraffic(SERVICES, CALLEES);
        StoppedTime time = new StoppedTime();
        long before = usedBytes();
        TrafficGraph graph = new TrafficGraph(time, InstantSource.system(), new SimpleMeterRegistry());
        double[] report = new double[HourOfTraffic.STEPS];
        for (int step = 0; step < HourOfTraffic.STEPS; step++) {
            long began = cpuNanos();
            traffic.report(graph, step);
            report[step] = (cpuNanos() - began) / 1e3 / traffic.reportsPerStep();
            time.pass(TrafficGraph.STEP);
        }
        double memory = (usedBytes() - before) / MIB;
        Surroundings surroundings = new Surroundings(
                "inmesh.local",
                ServiceIndex.of(new ConfigView(1, List.of()), List.of(), RuleSettings.forTrustDomain("inmesh.local")),
                List.of());
        int edges = SERVICES * CALLEES;
        double[] bytes = new double[1];
        Estimate minute = answer(graph, surroundings, Duration.ofMinutes(1), edges, bytes);
        Estimate hour = answer(graph, surroundings, Duration.ofHours(1), edges, bytes);
        double size = bytes[0] / MIB;
        Estimate console = answer(graph, surroundings, Duration.ofMinutes(5), SERVICES, bytes);
        String subject = "an hour of 10,000 edges of 1,000 services, from both sides";
        Report table = new Report(
                "What the graph of services costs the control server",
                List.of(
                        Row.of(
                                subject,
                                "memory",
                                "MiB",
                                Estimate.exactly(Math.round(memory * 10) / 10.0),
                                Goal.atMost(200)),
                        Row.of(
                                "one report about one edge",
                                "time to take it",
                                "µs",
                                Bootstrap.median(new double[][] {report}, SEED),
                                Goal.atMost(20)),
                        Row.of("all 10,000 edges, last minute", "time to answer", "ms", minute, Goal.atMost(1000)),
                        Row.of("all 10,000 edges, last hour", "time to answer", "ms", hour, Goal.atMost(2000)),
                        Row.of(
                                "the worst 1,000 edges, last five minutes",
                                "time to answer",
                                "ms",
                                console,
                                Goal.atMost(500)),
                        Row.of(
                                "all 10,000 edges",
                                "size of the answer",
                                "MiB",
                                Estimate.exactly(Math.round(size * 10) / 10.0),
                                Goal.NONE)),
                List.of(
                        "Times are processor time of the thread. Answers are those of GET /inmesh/v1/graph: read, drawn and written as"
                                + " JSON, without the socket. Medians of " + ROUNDS + " rounds.",
                        "Memory is what is used after a full collection, less what was used before the first report.",
                        "Every edge is reported every ten seconds by its caller and by the one that is called, each time with other counts"
                                + " in about ten buckets; one in twenty edges fails a tenth of its calls."));
        System.out.println(table.store(Path.of(arguments[0]), "graph", LocalDate.now()));
    }

    private static Estimate answer(
            TrafficGraph graph, Surroundings surroundings, Duration window, int limit, double[] bytes)
            throws IOException {
        ObjectMapper json = new ObjectMapper();
        double[] millis = new double[ROUNDS];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            long began = cpuNanos();
            ServiceGraph drawn = GraphBuilder.build(graph.read(window, subject -> true), surroundings, limit);
            byte[] body = json.writeValueAsBytes(GraphJson.of(drawn));
            if (round >= 0) {
                millis[round] = (cpuNanos() - began) / 1e6;
            }
            if (drawn.edges().size() != limit) {
                throw new IllegalStateException(drawn.edges().size() + " edges instead of " + limit);
            }
            bytes[0] = body.length;
        }
        return Bootstrap.median(new double[][] {millis}, SEED);
    }

    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    private static long usedBytes() {
        System.gc();
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
