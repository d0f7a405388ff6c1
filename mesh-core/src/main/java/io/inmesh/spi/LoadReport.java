package io.inmesh.spi;

import io.inmesh.cluster.ClusterLoad.LocalityShare;
import io.inmesh.inbound.SourceShare;
import java.time.Duration;
import java.util.List;

/**
 * What was sent to whom, and what came from whom. Source: LRS {@code LoadStatsRequest}.
 *
 * @param period time since the report before, or since the mesh began
 * @param clusters clusters with traffic in that time
 * @param sources who sent requests to this process in that time
 */
public record LoadReport(Duration period, List<Entry> clusters, List<SourceShare> sources) {

    /** Copies the lists. */
    public LoadReport {
        clusters = List.copyOf(clusters);
        sources = List.copyOf(sources);
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
