package io.inmesh.config;

/** How an endpoint is chosen. Source: Istio {@code LoadBalancerSettings}. */
public enum LoadBalancer {
    /** Smooth weighted round robin. */
    ROUND_ROBIN,
    /** The less loaded of two drawn at random, load being requests in flight over weight. Istio's default. */
    LEAST_REQUEST,
    /** Weighted random. */
    RANDOM,
    /** The owner of the call's key on a hash ring: an endpoint that leaves moves its own keys only. Source: Envoy, gRFC A42. */
    RING_HASH,
    /** The owner of the call's key in a Maglev table: shares are more even than on a ring, and a few more keys move. */
    MAGLEV,
    /** The one of two drawn at random that is expected to answer sooner, by its past response times. See {@link PeakEwmaConfig}. */
    PEAK_EWMA,
    /** The one that says it will answer soonest, among a few that were asked lately. See {@link ProbingConfig}. */
    PROBING;

    /** {@return whether it goes by how attempts end, which has to be remembered by endpoint then} */
    public boolean learns() {
        return this == PEAK_EWMA || this == PROBING;
    }

    /** {@return whether equal keys of calls go to the same endpoint} */
    public boolean hashes() {
        return this == RING_HASH || this == MAGLEV;
    }
}
