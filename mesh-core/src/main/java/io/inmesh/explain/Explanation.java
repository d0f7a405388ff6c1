package io.inmesh.explain;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is decided about a call, and why. Immutable; {@link #toString} reads as text, {@link #toMap} is for JSON.
 *
 * @param version name of the config
 * @param request the call: method and URL
 * @param verdict the outcome of the decision in one sentence
 * @param virtualHost name of the virtual host, null if the mesh does not know the host
 * @param routes the routes looked at, in order, up to and including the one that matched
 * @param route what becomes of the call by the route that matched, null if none did
 */
public record Explanation(
        String version,
        String request,
        String verdict,
        @Nullable String virtualHost,
        List<RouteTrial> routes,
        @Nullable RouteView route) {

    /** Copies the list. */
    public Explanation {
        routes = List.copyOf(routes);
    }

    /**
     * One route that was looked at.
     *
     * @param name its name
     * @param origin the resource that made it, empty if unknown
     * @param mismatch the first thing about the call that it does not want; null if it matched
     */
    public record RouteTrial(
            String name, String origin, @Nullable String mismatch) {}

    /**
     * What a route does with a call.
     *
     * @param name its name
     * @param origin the resource that made it, empty if unknown
     * @param action {@code forward}, {@code direct response 503} or {@code redirect 301 to <location>}
     * @param timeout longest time of the whole call in ISO 8601, or {@code none}
     * @param retry what is repeated, in words
     * @param faults injected faults in words, {@code none} if there are none
     * @param rewrittenPath the path sent instead, null if it is kept
     * @param rewrittenAuthority the authority sent instead, null if it is kept
     * @param destinations where it leads
     * @param mirrors who gets copies, in words
     */
    public record RouteView(
            String name,
            String origin,
            String action,
            String timeout,
            String retry,
            String faults,
            @Nullable String rewrittenPath,
            @Nullable String rewrittenAuthority,
            List<DestinationView> destinations,
            List<String> mirrors) {

        /** Copies the lists. */
        public RouteView {
            destinations = List.copyOf(destinations);
            mirrors = List.copyOf(mirrors);
        }
    }

    /**
     * One cluster a route leads to.
     *
     * @param cluster its name
     * @param origin the resource that shaped it, empty if none
     * @param weight its share relative to the other destinations
     * @param percent its share of the calls
     * @param missing whether the config has no such cluster
     * @param loadBalancer how an endpoint is chosen
     * @param key what of the call decides where it goes, whose endpoint that is and why another is taken; null unless the cluster hashes
     * @param choice how many endpoints are known, ejected and so on, in words
     * @param limits what its breaker does and how many calls are in flight, in words
     * @param retriesAvailable retries the budget of its service allows now
     * @param clientPolicy what callers do while it is slow or has too much to do, empty if nothing unusual
     * @param localities how its calls are divided among priorities and localities, in order of priority
     * @param endpoints the endpoints, in order of priority; at most {@link Explainer#MOST_ENDPOINTS} of them
     */
    public record DestinationView(
            String cluster,
            String origin,
            long weight,
            double percent,
            boolean missing,
            String loadBalancer,
            @Nullable String key,
            String choice,
            String limits,
            double retriesAvailable,
            String clientPolicy,
            List<LocalityView> localities,
            List<EndpointView> endpoints) {

        /** Copies the lists. */
        public DestinationView {
            localities = List.copyOf(localities);
            endpoints = List.copyOf(endpoints);
        }
    }

    /**
     * One locality of one priority.
     *
     * @param priority lower is used first
     * @param locality {@code region/zone/subzone}, empty if unknown
     * @param known how many endpoints it has
     * @param usable how many of them are healthy and in rotation
     * @param percent its part of first attempts
     * @param reason why it takes that much or is skipped, to read on after its name
     */
    public record LocalityView(int priority, String locality, int known, int usable, double percent, String reason) {}

    /**
     * One endpoint that was considered.
     *
     * @param address {@code host:port}
     * @param workload name of the workload instance, empty if unknown
     * @param locality {@code region/zone/subzone}, empty if unknown
     * @param eligible whether it may be picked
     * @param standing why it may or may not be picked, to read on after its address
     * @param weight its weight
     * @param priority its priority
     * @param inFlight attempts sent to it and not yet ended
     * @param security {@code plaintext}, or the identities of which it must prove one
     */
    public record EndpointView(
            String address,
            String workload,
            String locality,
            boolean eligible,
            String standing,
            long weight,
            int priority,
            int inFlight,
            String security) {}

    /** {@return the same as maps, lists, strings, numbers and booleans; absent parts are left out} */
    public Map<String, Object> toMap() {
        return ExplanationMap.of(this);
    }

    /** {@return a text of several lines} */
    @Override
    public String toString() {
        return new ExplanationText(this).toString();
    }
}
