package io.inmesh.config;

/** How an endpoint is chosen. Source: Istio {@code LoadBalancerSettings.simple}. */
public enum LoadBalancer {
    /** Smooth weighted round robin. */
    ROUND_ROBIN,
    /** The less loaded of two drawn at random, load being requests in flight over weight. Istio's default. */
    LEAST_REQUEST,
    /** Weighted random. */
    RANDOM
}
