package io.inmesh.server.lrs;

import io.inmesh.server.graph.Subject;
import io.inmesh.server.graph.WorkloadVersion;
import io.inmesh.server.traffic.WorkloadGroup;
import io.inmesh.xds.endpoint.ClusterStats;
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

    /** Copies the labels, and leaves clusters out that are too many or have names that are too long. */
    public ProcessReport {
        labels = Map.copyOf(labels);
        clusters = clusters.stream()
                .filter(stats -> stats.getClusterName().length() <= MAX_CLUSTER_CHARACTERS)
                .limit(MAX_CLUSTERS)
                .toList();
    }

    WorkloadGroup group() {
        return new WorkloadGroup(namespace, serviceAccount, labels);
    }

    Subject.Reporter reporter() {
        return new Subject.Reporter(namespace, serviceAccount, WorkloadVersion.of(namespace, workload, labels));
    }
}
