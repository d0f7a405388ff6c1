package io.inmesh.spi;

import io.inmesh.cluster.ClusterLoad.LocalityShare;
import java.time.Duration;
import java.util.List;

/**
 * What was sent to whom. Source: LRS {@code LoadStatsRequest}.
 *
 * @param period time since the report before, or since the mesh began
 * @param clusters clusters with traffic in that time
 */
public record LoadReport(Duration period, List<Entry> clusters) {

    /** Copies the list. */
    public LoadReport {
        clusters = List.copyOf(clusters);
    }

    /**
     * What was sent to one cluster.
     *
     * @param cluster its name
     * @param service the service it belongs to
     * @param localities its localities with traffic
     */
    public record Entry(String cluster, String service, List<LocalityShare> localities) {
        /** Copies the list. */
        public Entry {
            localities = List.copyOf(localities);
        }
    }
}
