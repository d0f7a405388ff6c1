package io.inmesh.config;

import java.time.Duration;

/**
 * Limits of one cluster, and the failure-rate breaker.
 *
 * <p>Source of the limits: Envoy {@code CircuitBreakers.Thresholds}, Istio {@code connectionPool}. Source of the rate part:
 * Resilience4j {@code CircuitBreakerConfig}; it is off unless asked for, because ejection of single endpoints comes first.
 *
 * @param maxRequests most calls in flight, default 2^32-1 as in Istio
 * @param maxRetries most retries in flight, default 2^32-1 as in Istio
 * @param failureRatePercent share of failures that opens the breaker, 0 to switch it off
 * @param minimumCalls calls needed before the rate counts
 * @param window number of calls the rate is computed over
 * @param openDuration how long it stays open before trying again
 */
public record CircuitBreakerConfig(
        long maxRequests,
        long maxRetries,
        float failureRatePercent,
        int minimumCalls,
        int window,
        Duration openDuration) {

    /** Istio's value for "no limit". */
    public static final long UNLIMITED = 0xFFFF_FFFFL;

    /** No limits, no rate. */
    public static final CircuitBreakerConfig DEFAULT =
            new CircuitBreakerConfig(UNLIMITED, UNLIMITED, 0, 100, 100, Duration.ofSeconds(30));

    /** Checks ranges. */
    public CircuitBreakerConfig {
        if (maxRequests < 0 || maxRetries < 0) {
            throw new IllegalArgumentException("limits must not be negative: " + maxRequests + ", " + maxRetries);
        }
        if (failureRatePercent < 0 || failureRatePercent > 100) {
            throw new IllegalArgumentException("failureRatePercent must be 0 to 100: " + failureRatePercent);
        }
    }
}
