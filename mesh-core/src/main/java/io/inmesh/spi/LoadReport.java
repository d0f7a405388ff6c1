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
 * @param clusters clusters with traffic in that time, or with endpoints that get none
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
     * @param unusable its endpoints that this process sends no calls to at present, for reasons of its own
     */
    public record Entry(
            String cluster,
            String service,
            List<LocalityShare> localities,
            List<RouteTraffic.Share> routes,
            List<Unusable> unusable) {
        /** Copies the lists. */
        public Entry {
            localities = List.copyOf(localities);
            routes = List.copyOf(routes);
            unusable = List.copyOf(unusable);
        }

        /** An entry that says nothing about routes. */
        public Entry(String cluster, String service, List<LocalityShare> localities) {
            this(cluster, service, localities, List.of(), List.of());
        }
    }

    /**
     * An endpoint that gets no calls from this process, as long as others can take them.
     *
     * @param host IP address or host name
     * @param port TCP port
     * @param cause who took it out of rotation
     * @param why what it did, in words, such as {@code 5 server errors in a row}
     */
    public record Unusable(String host, int port, Cause cause, String why) {
        /** Who takes endpoints out of rotation. */
        public enum Cause {
            /** Outlier detection, by what calls experienced. */
            EJECTED,
            /** Active health checks. */
            CHECK_FAILED
        }
    }
}
