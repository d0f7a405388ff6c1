package io.inmesh.server.traffic;

import io.inmesh.server.model.ForeignText;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.EndpointLoadMetricStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import java.util.List;

/**
 * Reads traffic out of load reports. What goes out is in LRS's own fields and metric {@code inmesh.plaintext}; what comes in is in
 * clusters named {@code inbound|port||}, as metrics named after their source. Whatever cannot be read is passed over: a process that
 * reports nonsense spoils nothing but what is known about itself.
 */
public final class ReportedTraffic {

    /** Sources and policies taken from one report of one port. */
    static final int MAX_METRICS = 5_000;

    private static final String PLAINTEXT = "inmesh.plaintext";
    private static final String SOURCE = "inmesh.source";
    private static final String SHADOW_DENIED = "inmesh.shadow_denied";
    private static final int MAX_NAME = 2_300;
    private static final int PARTS = 4;
    /** A process cannot have counted more in the time between two reports; sums of such are still numbers. */
    private static final long MAX_REPORTED = 1L << 40;

    private ReportedTraffic() {}

    /** Adds what {@code reporter} says about one cluster. */
    public static void add(ObservedTraffic traffic, WorkloadGroup reporter, ClusterStats stats) {
        String[] name = stats.getClusterName().split("\\|", -1);
        if (name.length != PARTS || stats.getClusterName().length() > MAX_NAME || !isPort(name[1])) {
            return;
        }
        int port = Integer.parseInt(name[1]);
        if (name[0].equals("outbound")) {
            outbound(traffic, reporter, port, name[3], stats.getUpstreamLocalityStatsList());
        } else if (name[0].equals("inbound")) {
            stats.getUpstreamLocalityStatsList().stream()
                    .flatMap(locality -> locality.getLoadMetricStatsList().stream())
                    .limit(MAX_METRICS)
                    .forEach(metric -> inbound(traffic, reporter, port, metric));
        }
    }

    private static void outbound(
            ObservedTraffic traffic,
            WorkloadGroup caller,
            int port,
            String host,
            List<UpstreamLocalityStats> localities) {
        long requests = 0;
        long plaintext = 0;
        for (UpstreamLocalityStats locality : localities) {
            requests += count(locality.getTotalIssuedRequests());
            for (EndpointLoadMetricStats metric : locality.getLoadMetricStatsList()) {
                if (metric.getMetricName().equals(PLAINTEXT)) {
                    plaintext += count(metric.getNumRequestsFinishedWithMetric());
                }
            }
        }
        if (requests > 0) {
            traffic.outbound(caller, port, ForeignText.clean(host), requests, Math.min(requests, plaintext));
        }
    }

    private static void inbound(
            ObservedTraffic traffic, WorkloadGroup called, int port, EndpointLoadMetricStats metric) {
        if (metric.getMetricName().length() > MAX_NAME) {
            return;
        }
        String[] parts = ForeignText.clean(metric.getMetricName()).split("\\|", -1);
        long requests = count(metric.getNumRequestsFinishedWithMetric());
        if (parts.length != 3 || requests <= 0) {
            return;
        }
        if (parts[0].equals(SHADOW_DENIED)) {
            traffic.shadowDenied(called, parts[1], parts[2], requests);
        } else if (parts[0].equals(SOURCE)) {
            // What is no number is 0 then, and what is infinite is all of them.
            long refused = Math.min(requests, Math.max(0, (long) metric.getTotalMetricValue()));
            switch (parts[1]) {
                case "mtls" -> traffic.inbound(called, port, Flow.Connection.MTLS, parts[2], requests, refused);
                case "tls" -> traffic.inbound(called, port, Flow.Connection.TLS, parts[2], requests, refused);
                case "plaintext" ->
                    traffic.inbound(called, port, Flow.Connection.PLAINTEXT, parts[2], requests, refused);
                default -> {
                    // A newer client's word; it says nothing to this server.
                }
            }
        }
    }

    private static long count(long reported) {
        return Math.max(0, Math.min(reported, MAX_REPORTED));
    }

    private static boolean isPort(String text) {
        return !text.isEmpty()
                && text.length() <= 5
                && text.chars().allMatch(c -> c >= '0' && c <= '9')
                && Integer.parseInt(text) <= 65_535;
    }
}
