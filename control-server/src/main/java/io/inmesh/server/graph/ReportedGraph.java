package io.inmesh.server.graph;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.graph.Subject.Reporter;
import io.inmesh.server.model.ForeignText;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.EndpointLoadMetricStats;
import io.inmesh.xds.endpoint.UpstreamEndpointStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the graph out of load reports. Calls are in clusters named {@code outbound|port|subset|host}, as {@code UpstreamEndpointStats} whose
 * metadata says which route and workload; of clients that report only LRS's own fields, successes and errors are counted. What came in is
 * in clusters named {@code inbound|port||}, calls to other hosts in {@code PassthroughCluster}. What cannot be read is passed over; who
 * reports is never read out of a report.
 */
public final class ReportedGraph {

    private static final String PASSTHROUGH = "PassthroughCluster";
    private static final String HOST = "inmesh.host|";
    private static final int LONGEST_NAME = 512;
    private static final int MAX_GROUPS = 2_000;
    private static final int MAX_METRICS = 1_000;
    private static final int PARTS = 4;
    /** A process cannot have counted more in the time between two reports. */
    private static final long MAX_REPORTED = 1L << 40;

    private ReportedGraph() {}

    /** Adds what {@code reporter} says about one cluster. */
    public static void add(TrafficGraph graph, Reporter reporter, ClusterStats stats) {
        add(graph, reporter, stats, Duration.ZERO);
    }

    /**
     * Adds what {@code reporter} said about one cluster some time ago.
     *
     * @param age how long ago it came to a server
     */
    public static void add(TrafficGraph graph, Reporter reporter, ClusterStats stats, Duration age) {
        if (stats.getClusterName().length() > LONGEST_NAME) {
            return;
        }
        String name = ForeignText.clean(stats.getClusterName());
        Period period = new Period(length(stats), age);
        if (name.equals(PASSTHROUGH)) {
            passedThrough(graph, reporter, stats, period);
            return;
        }
        String[] parts = name.split("\\|", -1);
        OptionalInt port = parts.length == PARTS ? port(parts[1]) : OptionalInt.empty();
        if (port.isEmpty()) {
            return;
        }
        if (parts[0].equals("outbound") && !parts[3].isEmpty()) {
            outbound(graph, new Called(reporter, parts[3], port.getAsInt(), parts[2]), stats, period);
        } else if (parts[0].equals("inbound")) {
            groups(stats).forEach(group -> inbound(graph, reporter, port.getAsInt(), group, period));
        }
    }

    /** What a cluster is about, by its name. */
    private record Called(Reporter reporter, String host, int port, String subset) {}

    private static void outbound(TrafficGraph graph, Called called, ClusterStats stats, Period period) {
        List<UpstreamEndpointStats> groups = groups(stats);
        for (UpstreamEndpointStats group : groups) {
            Struct about = group.getMetadata();
            String workload = text(about, "workload");
            Subject subject = new Subject.Calls(
                    called.reporter(),
                    called.host(),
                    called.port(),
                    called.subset(),
                    text(about, "route"),
                    workload.isEmpty() ? WorkloadVersion.NOBODY : WorkloadVersion.parse(workload),
                    about.getFieldsOrDefault("mtls", Value.getDefaultInstance()).getBoolValue(),
                    text(about, "protocol").equals("grpc"));
            graph.add(subject, counts(group.getLoadMetricStatsList()), period);
        }
        if (groups.isEmpty()) {
            Subject subject = new Subject.Calls(
                    called.reporter(),
                    called.host(),
                    called.port(),
                    called.subset(),
                    "",
                    WorkloadVersion.NOBODY,
                    false,
                    false);
            graph.add(subject, standardCounts(stats), period);
        }
    }

    private static void inbound(
            TrafficGraph graph, Reporter reporter, int port, UpstreamEndpointStats group, Period period) {
        String source = text(group.getMetadata(), "source");
        boolean mtls = text(group.getMetadata(), "connection").equals("mtls");
        if (!source.isEmpty()) {
            graph.add(new Subject.CameIn(reporter, port, mtls, source), counts(group.getLoadMetricStatsList()), period);
        }
    }

    private static void passedThrough(TrafficGraph graph, Reporter reporter, ClusterStats stats, Period period) {
        stats.getUpstreamLocalityStatsList().stream()
                .flatMap(locality -> locality.getLoadMetricStatsList().stream())
                .filter(metric -> metric.getMetricName().startsWith(HOST)
                        && metric.getMetricName().length() <= LONGEST_NAME)
                .limit(MAX_METRICS)
                .forEach(metric -> {
                    SortedMap<Integer, Long> counts = new TreeMap<>();
                    put(counts, Cells.UNKNOWN, metric.getNumRequestsFinishedWithMetric());
                    graph.add(
                            new Subject.PassedThrough(
                                    reporter,
                                    ForeignText.clean(metric.getMetricName().substring(HOST.length()))),
                            Packed.of(counts),
                            period);
                });
    }

    private static List<UpstreamEndpointStats> groups(ClusterStats stats) {
        return stats.getUpstreamLocalityStatsList().stream()
                .flatMap(locality -> locality.getUpstreamEndpointStatsList().stream())
                .filter(group -> group.hasMetadata() && !group.hasAddress())
                .limit(MAX_GROUPS)
                .toList();
    }

    private static byte[] counts(List<EndpointLoadMetricStats> metrics) {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        metrics.stream()
                .limit(MAX_METRICS)
                .forEach(metric -> Cells.parse(metric.getMetricName())
                        .ifPresent(cell -> put(counts, cell, metric.getNumRequestsFinishedWithMetric())));
        return Packed.of(counts);
    }

    /** What a client reports that knows LRS only. */
    private static byte[] standardCounts(ClusterStats stats) {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        for (UpstreamLocalityStats locality : stats.getUpstreamLocalityStatsList()) {
            put(counts, Cells.OK_UNTIMED, locality.getTotalSuccessfulRequests());
            put(counts, Cells.FAILED_UNTIMED, locality.getTotalErrorRequests());
        }
        return Packed.of(counts);
    }

    private static void put(SortedMap<Integer, Long> counts, int cell, long reported) {
        if (reported > 0) {
            counts.merge(cell, Math.min(reported, MAX_REPORTED), Long::sum);
        }
    }

    private static Duration length(ClusterStats stats) {
        com.google.protobuf.Duration reported = stats.getLoadReportInterval();
        long seconds = Math.max(0, Math.min(reported.getSeconds(), TrafficGraph.KEPT.toSeconds()));
        return Duration.ofSeconds(seconds, Math.max(0, reported.getNanos()));
    }

    private static String text(Struct about, String field) {
        String text =
                about.getFieldsOrDefault(field, Value.getDefaultInstance()).getStringValue();
        return text.length() <= LONGEST_NAME ? ForeignText.clean(text) : Subject.OTHER;
    }

    private static OptionalInt port(String text) {
        boolean number = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = number ? Integer.parseInt(text) : -1;
        return port >= 0 && port <= 65_535 ? OptionalInt.of(port) : OptionalInt.empty();
    }
}
