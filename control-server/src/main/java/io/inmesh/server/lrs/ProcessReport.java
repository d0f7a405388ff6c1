package io.inmesh.server.lrs;

import io.inmesh.server.graph.Subject;
import io.inmesh.server.graph.WorkloadVersion;
import io.inmesh.server.traffic.WorkloadGroup;
import io.inmesh.xds.endpoint.ClusterStats;
import io.inmesh.xds.endpoint.UpstreamLocalityStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One load report of a process.
 *
 * @param namespace its namespace, proven by its certificate
 * @param serviceAccount its service account, proven likewise
 * @param workload what it says it is a copy of
 * @param labels what it says its labels are
 * @param clusters what it counted since its report before
 */
public record ProcessReport(
        String namespace,
        String serviceAccount,
        String workload,
        Map<String, String> labels,
        List<ClusterStats> clusters) {

    private static final int MAX_CLUSTERS = 10_000;
    private static final int MAX_CLUSTER_CHARACTERS = 1_024;
    /** Those of a process that calls a thousand services take a tenth of it. Other servers are told of it, and have to keep it until then. */
    private static final int MAX_BYTES = 2 << 20;

    /** Which clusters count, in words. */
    static final String LIMITS = "a report has at most " + MAX_CLUSTERS + " clusters and " + (MAX_BYTES >> 20)
            + " MiB, names at most " + MAX_CLUSTER_CHARACTERS + " characters, and counts are below 2^63";

    /** Copies the labels, and leaves clusters out that are too many or too long, or whose counts cannot be. */
    public ProcessReport {
        labels = Map.copyOf(labels);
        clusters = counting(clusters);
    }

    private static List<ClusterStats> counting(List<ClusterStats> clusters) {
        List<ClusterStats> counting = new ArrayList<>();
        int left = MAX_BYTES;
        for (ClusterStats stats : clusters) {
            int bytes = stats.getSerializedSize();
            if (bytes <= left
                    && counting.size() < MAX_CLUSTERS
                    && stats.getClusterName().length() <= MAX_CLUSTER_CHARACTERS
                    && stats.getUpstreamLocalityStatsList().stream().allMatch(ProcessReport::possible)) {
                left -= bytes;
                counting.add(stats);
            }
        }
        return List.copyOf(counting);
    }

    private static boolean possible(UpstreamLocalityStats stats) {
        return stats.getTotalIssuedRequests() >= 0
                && stats.getTotalSuccessfulRequests() >= 0
                && stats.getTotalErrorRequests() >= 0
                && stats.getTotalRequestsInProgress() >= 0
                && stats.getLoadMetricStatsList().stream()
                        .allMatch(metric -> metric.getNumRequestsFinishedWithMetric() >= 0);
    }

    /** {@return whose report it is, as {@code namespace/service account}} */
    String identity() {
        return namespace + "/" + serviceAccount;
    }

    WorkloadGroup group() {
        return new WorkloadGroup(namespace, serviceAccount, labels);
    }

    Subject.Reporter reporter() {
        return new Subject.Reporter(namespace, serviceAccount, WorkloadVersion.of(namespace, workload, labels));
    }
}
