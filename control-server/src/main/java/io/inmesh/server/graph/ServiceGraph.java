package io.inmesh.server.graph;

import java.time.Instant;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * Who called whom in some time until now.
 *
 * @param now wall-clock time
 * @param since since when anything is known, an hour ago at most
 * @param seconds how long the time is that was looked at
 * @param nodes who called and who was called, by id
 * @param edges what went between them, the least healthy first, then the busiest
 * @param omitted edges beyond the number asked for
 */
public record ServiceGraph(
        Instant now, Instant since, double seconds, List<Node> nodes, List<Edge> edges, int omitted) {

    /** Copies the lists. */
    public ServiceGraph {
        nodes = List.copyOf(nodes);
        edges = List.copyOf(edges);
    }

    /** What a node is. */
    public enum Kind {
        /** A version of a workload of the mesh. */
        WORKLOAD,
        /** A service of the mesh. */
        SERVICE,
        /** A service outside of the mesh that a ServiceEntry describes. */
        EXTERNAL_SERVICE,
        /** A host that the mesh does not know. */
        UNKNOWN_HOST,
        /** A caller without identity, by its address. */
        UNKNOWN_CALLER,
        /** A caller with an identity that reports no calls of its own. */
        SILENT_CALLER
    }

    /**
     * One end of edges.
     *
     * @param id such as {@code workload:default/reviews/v1} or {@code service:reviews.default.svc.cluster.local}
     * @param kind what it is
     * @param namespace its namespace; empty outside of the mesh
     * @param name what to call it
     * @param version its version; empty for what has none
     * @param services ids of the services that a workload is behind, also while nobody calls it by them
     * @param identities SPIFFE identities ({@code namespace/account}) that report calls as this workload
     * @param endpoints endpoints of a service, copies of a workload, that are known now
     * @param meshed how many of them speak the mesh's mutual TLS
     * @param health how well calls to it go; of a workload by its own word if it reports
     * @param figures calls to it, likewise; null if there were none
     */
    public record Node(
            String id,
            Kind kind,
            String namespace,
            String name,
            String version,
            SortedSet<String> services,
            SortedSet<String> identities,
            int endpoints,
            int meshed,
            Health health,
            @Nullable Figures figures) {}

    /**
     * Calls from one end to another, by the caller's word; from callers that do not report, by that of who was called.
     *
     * @param id names it in {@code /inmesh/v1/graph/series}
     * @param source id of who called
     * @param service id of the service or host that was called; empty for what came in from a caller that does not report
     * @param port its port, 0 if that is not known
     * @param destination id of the workload that answered; empty if nobody did
     * @param protocols {@code http}, {@code grpc}
     * @param mtls share of attempts over the mesh's mutual TLS; NaN if none was made
     * @param health the worse of calls and attempts
     * @param figures calls and attempts
     * @param lastSeen when a report told of it last, to ten seconds
     */
    public record Edge(
            String id,
            String source,
            String service,
            int port,
            String destination,
            SortedSet<String> protocols,
            double mtls,
            Health health,
            Figures figures,
            Instant lastSeen) {

        /** {@return attempts beyond one a call, as a share of calls that were sent; NaN if there were none} */
        public double retries() {
            return retries(figures);
        }

        /** {@return the same of any figures} */
        public static double retries(Figures figures) {
            long sent = figures.calls().total() - figures.calls().rejected();
            return sent <= 0
                    ? Double.NaN
                    : Math.max(0, (double) figures.attempts().total() / sent - 1);
        }
    }
}
