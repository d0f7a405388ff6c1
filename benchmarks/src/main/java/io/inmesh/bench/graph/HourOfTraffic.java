package io.inmesh.bench.graph;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.graph.ReportedGraph;
import io.inmesh.server.graph.Subject;
import io.inmesh.server.graph.TrafficGraph;
import io.inmesh.server.graph.WorkloadVersion;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.EndpointLoadMetricStats;
import io.inmesh.xds.endpoint.UpstreamEndpointStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;

/** Load reports of many services that each call some others, from both sides, every ten seconds; no two reports of an edge in a row alike. */
final class HourOfTraffic {

    /** Reports of an hour. */
    static final int STEPS = 360;

    private static final int VARIANTS = 5;
    private static final int SECONDS = 10;
    private static final int LEAST_CALLS = 20;
    private static final int MOST_CALLS = 400;
    private static final double FAILING_EDGES = 0.05;

    private record Report(Subject.Reporter reporter, List<ClusterStats> variants) {}

    private final List<Report> reports = new ArrayList<>();
    private final Random random = new Random(7);

    HourOfTraffic(int services, int callees) {
        for (int caller = 0; caller < services; caller++) {
            for (int i = 1; i <= callees; i++) {
                int called = (caller + i * i) % services;
                boolean failing = random.nextDouble() < FAILING_EDGES;
                double slowness = random.nextDouble() * 4;
                List<ClusterStats> outbound = new ArrayList<>();
                List<ClusterStats> inbound = new ArrayList<>();
                for (int variant = 0; variant < VARIANTS; variant++) {
                    List<EndpointLoadMetricStats> metrics = metrics(slowness, failing);
                    outbound.add(stats(
                            "outbound|8080||" + name(called) + ".default.svc.cluster.local", about(called), metrics));
                    inbound.add(stats("inbound|8080||", source(caller), metrics));
                }
                reports.add(new Report(reporter(caller), outbound));
                reports.add(new Report(reporter(called), inbound));
            }
        }
    }

    /** Reports ten seconds of everybody. */
    void report(TrafficGraph graph, int step) {
        for (Report report : reports) {
            ReportedGraph.add(graph, report.reporter(), report.variants().get(step % VARIANTS));
        }
    }

    /** {@return reports about one cluster in ten seconds} */
    int reportsPerStep() {
        return reports.size();
    }

    private static Subject.Reporter reporter(int service) {
        return new Subject.Reporter("default", name(service), new WorkloadVersion("default", name(service), "v1"));
    }

    private static String name(int service) {
        return "service-" + service;
    }

    private static Struct about(int called) {
        return Struct.newBuilder()
                .putFields("route", text("default"))
                .putFields("workload", text("default;" + name(called) + ";v1"))
                .putFields("protocol", text("http"))
                .putFields("mtls", Value.newBuilder().setBoolValue(true).build())
                .build();
    }

    private static Struct source(int caller) {
        return Struct.newBuilder()
                .putFields("source", text("spiffe://inmesh.local/ns/default/sa/" + name(caller)))
                .putFields("connection", text("mtls"))
                .build();
    }

    private List<EndpointLoadMetricStats> metrics(double slowness, boolean failing) {
        SortedMap<String, Integer> counts = new TreeMap<>();
        int calls = LEAST_CALLS + random.nextInt(MOST_CALLS);
        for (int i = 0; i < calls; i++) {
            long nanos = (long) (1e6 * Math.exp(slowness + random.nextGaussian() * 0.5));
            // As a client does it: the lower bound of its bucket.
            long power = Long.highestOneBit(nanos);
            long bucket = power + (nanos - power) / (power / 4) * (power / 4);
            boolean failed = failing && random.nextInt(10) == 0;
            counts.merge("once." + (failed ? "failed." : "ok.") + bucket, 1, Integer::sum);
            if (failed) {
                counts.merge("once.http_5xx", 1, Integer::sum);
            }
        }
        List<EndpointLoadMetricStats> metrics = new ArrayList<>();
        counts.forEach((name, count) -> metrics.add(EndpointLoadMetricStats.newBuilder()
                .setMetricName(name)
                .setNumRequestsFinishedWithMetric(count)
                .build()));
        return metrics;
    }

    private static ClusterStats stats(String cluster, Struct about, List<EndpointLoadMetricStats> metrics) {
        return ClusterStats.newBuilder()
                .setClusterName(cluster)
                .setLoadReportInterval(Duration.newBuilder().setSeconds(SECONDS))
                .addUpstreamLocalityStats(UpstreamLocalityStats.newBuilder()
                        .addUpstreamEndpointStats(UpstreamEndpointStats.newBuilder()
                                .setMetadata(about)
                                .addAllLoadMetricStats(metrics)))
                .build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }
}
