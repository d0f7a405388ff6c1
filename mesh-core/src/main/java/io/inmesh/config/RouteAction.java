package io.inmesh.config;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What happens to a request that a route matched. Source: Envoy {@code Route.action}. */
public sealed interface RouteAction {

    /**
     * Sends it to one of some clusters, drawn by weight.
     *
     * @param clusters at least one; the sum of weights must be positive; members of weight zero are never drawn
     * @param mirrors who gets copies, each drawn by itself
     * @param missingStatus HTTP status to answer if the cluster drawn does not exist: 404 or 500; or {@link #UNAVAILABLE}, with which
     *     the call is refused like any other that has nowhere to go. Source: Envoy
     *     {@code RouteAction.cluster_not_found_response_code}
     */
    record Forward(List<WeightedCluster> clusters, List<Mirror> mirrors, int missingStatus) implements RouteAction {
        /** What a missing cluster means unless a route says otherwise: 503. */
        public static final int UNAVAILABLE = 503;

        public Forward {
            clusters = List.copyOf(clusters);
            mirrors = List.copyOf(mirrors);
        }

        /** Forwards to clusters of which each is expected to exist. */
        public Forward(List<WeightedCluster> clusters, List<Mirror> mirrors) {
            this(clusters, mirrors, UNAVAILABLE);
        }

        /** Sends no copies. */
        public Forward(List<WeightedCluster> clusters) {
            this(clusters, List.of());
        }
    }

    /**
     * Who gets a copy of a request. The answer is thrown away, and what becomes of the copy never touches the request.
     *
     * <p>Source: Envoy {@code RequestMirrorPolicy}; Istio {@code mirror}, {@code mirrorPercentage}, {@code mirrors}.
     *
     * @param cluster cluster name
     * @param millionths share of calls that are copied, in parts of a million
     */
    record Mirror(String cluster, int millionths) {
        public Mirror {
            Objects.requireNonNull(cluster, "cluster");
        }
    }

    /**
     * One destination of a {@link Forward}.
     *
     * @param cluster cluster name
     * @param weight share relative to the sum of all weights, unsigned, up to 2^32-1
     * @param requestHeaders edits applied after the route's own
     * @param responseHeaders edits applied after the route's own
     * @param authority replaces the authority in place of what the route says; null to leave that to the route
     */
    record WeightedCluster(
            String cluster,
            long weight,
            HeaderEditsConfig requestHeaders,
            HeaderEditsConfig responseHeaders,
            @Nullable String authority) {
        public WeightedCluster {
            Objects.requireNonNull(cluster, "cluster");
            if (weight < 0 || weight > 0xFFFF_FFFFL) {
                throw new IllegalArgumentException(
                        "weight of cluster \"" + cluster + "\" must be 0 to 4294967295: " + weight);
            }
        }

        /** {@return a destination without header edits} */
        public static WeightedCluster of(String cluster, long weight) {
            return new WeightedCluster(cluster, weight, HeaderEditsConfig.NONE, HeaderEditsConfig.NONE, null);
        }
    }

    /**
     * Answers without calling anyone.
     *
     * @param status HTTP status, 200 to 599
     * @param body response body, or null for none
     */
    record DirectResponse(int status, @Nullable String body) implements RouteAction {}

    /**
     * Answers with a redirect; unset parts keep what the request had.
     *
     * @param status 301, 302, 303, 307 or 308
     * @param scheme new scheme
     * @param host new host
     * @param port new port, or -1 to keep
     * @param path new path
     * @param prefixRewrite replaces the matched prefix
     */
    record Redirect(
            int status,
            @Nullable String scheme,
            @Nullable String host,
            int port,
            @Nullable String path,
            @Nullable String prefixRewrite)
            implements RouteAction {}

    /** {@return a forward to a single cluster} */
    static RouteAction to(String cluster) {
        return new Forward(List.of(WeightedCluster.of(cluster, 1)));
    }
}
