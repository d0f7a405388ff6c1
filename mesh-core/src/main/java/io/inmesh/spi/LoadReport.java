package io.inmesh.spi;

import io.inmesh.cluster.ClusterLoad.LocalityShare;
import io.inmesh.inbound.SourceShare;
import io.inmesh.tally.PassedThrough;
import io.inmesh.tally.RouteTraffic;
import io.inmesh.tally.UnroutedTraffic;
import java.time.Duration;
import java.util.List;

/**
 * What was sent to whom, and what came from whom. Source: LRS {@code LoadStatsRequest}.
 *
 * @param period time since the report before, or since the mesh began
 * @param clusters clusters with traffic in that time
 * @param sources who sent requests to this process in that time
 * @param unrouted calls that led to no cluster in that time
 * @param passedThrough calls to hosts that the mesh does not know in that time
 */
public record LoadReport(
        Duration period,
        List<Entry> clusters,
        List<SourceShare> sources,
        List<UnroutedTraffic.Share> unrouted,
        List<PassedThrough.Share> passedThrough) {

    /** Copies the lists. */
    public LoadReport {
        clusters = List.copyOf(clusters);
        sources = List.copyOf(sources);
        unrouted = List.copyOf(unrouted);
        passedThrough = List.copyOf(passedThrough);
    }

    /** A report of what the mesh had to do with. */
    public LoadReport(Duration period, List<Entry> clusters, List<SourceShare> sources) {
        this(period, clusters, sources, List.of(), List.of());
    }

    /**
     * What was sent to one cluster.
     *
     * @param cluster its name
     * @param service the service it belongs to
     * @param localities its localities with traffic
     * @param routes what calls to it came to, by route and by who answered
     */
    public record Entry(
            String cluster, String service, List<LocalityShare> localities, List<RouteTraffic.Share> routes) {
        /** Copies the list. */
        public Entry {
            localities = List.copyOf(localities);
            routes = List.copyOf(routes);
        }

        /** An entry that says nothing about routes. */
        public Entry(String cluster, String service, List<LocalityShare> localities) {
            this(cluster, service, localities, List.of());
        }
    }
}
