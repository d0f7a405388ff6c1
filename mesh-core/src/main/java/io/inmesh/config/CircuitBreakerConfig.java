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
 * @param halfOpenCalls calls it then lets through to decide whether to close
 * @param slowCallPercent share of slow calls that opens the breaker, 0 to switch that off
 * @param slowCallDuration a call that takes at least this long is slow
 * @param maxConnections most connections in use, which is HTTP attempts in flight; gRPC calls share connections and are not bounded by
 *     it. Default 2^32-1 as in Istio
 * @param maxPendingRequests most HTTP attempts that wait for a connection, default 2^32-1 as in Istio; without effect while {@code
 *     maxConnections} is unlimited
 */
public record CircuitBreakerConfig(
        long maxRequests,
        long maxRetries,
        float failureRatePercent,
        int minimumCalls,
        int window,
        Duration openDuration,
        int halfOpenCalls,
        float slowCallPercent,
        Duration slowCallDuration,
        long maxConnections,
        long maxPendingRequests) {

    /** Istio's value for "no limit". */
    public static final long UNLIMITED = 0xFFFF_FFFFL;

    /** No limits, no rate. */
    public static final CircuitBreakerConfig DEFAULT =
            new CircuitBreakerConfig(UNLIMITED, UNLIMITED, 0, 100, 100, Duration.ofSeconds(30));

    /** A breaker by failures only, which tries ten calls before it closes; see the components of the record. */
    public CircuitBreakerConfig(
            long maxRequests,
            long maxRetries,
            float failureRatePercent,
            int minimumCalls,
            int window,
            Duration openDuration) {
        this(
                maxRequests,
                maxRetries,
                failureRatePercent,
                minimumCalls,
                window,
                openDuration,
                10,
                0,
                Duration.ofSeconds(60));
    }

    /** Limits of requests and a breaker, without limits of connections. */
    public CircuitBreakerConfig(
            long maxRequests,
            long maxRetries,
            float failureRatePercent,
            int minimumCalls,
            int window,
            Duration openDuration,
            int halfOpenCalls,
            float slowCallPercent,
            Duration slowCallDuration) {
        this(
                maxRequests,
                maxRetries,
                failureRatePercent,
                minimumCalls,
                window,
                openDuration,
                halfOpenCalls,
                slowCallPercent,
                slowCallDuration,
                UNLIMITED,
                UNLIMITED);
    }

    /** {@return the same with other limits of connections} */
    public CircuitBreakerConfig withConnections(long maxConnections, long maxPendingRequests) {
        return new CircuitBreakerConfig(
                maxRequests,
                maxRetries,
                failureRatePercent,
                minimumCalls,
                window,
                openDuration,
                halfOpenCalls,
                slowCallPercent,
                slowCallDuration,
                maxConnections,
                maxPendingRequests);
    }

    /** {@return whether there is a breaker at all} */
    public boolean breaks() {
        return failureRatePercent > 0 || slowCallPercent > 0;
    }

    /** {@return whether another config means the same breaker, whatever the limits} */
    public boolean breaksLike(CircuitBreakerConfig other) {
        return failureRatePercent == other.failureRatePercent
                && minimumCalls == other.minimumCalls
                && window == other.window
                && openDuration.equals(other.openDuration)
                && halfOpenCalls == other.halfOpenCalls
                && slowCallPercent == other.slowCallPercent
                && slowCallDuration.equals(other.slowCallDuration);
    }

    /** Checks ranges. */
    public CircuitBreakerConfig {
        if (maxRequests < 0 || maxRetries < 0) {
            throw new IllegalArgumentException("limits must not be negative: " + maxRequests + ", " + maxRetries);
        }
        if (maxConnections < 0 || maxPendingRequests < 0) {
            throw new IllegalArgumentException(
                    "limits must not be negative: " + maxConnections + ", " + maxPendingRequests);
        }
        if (failureRatePercent < 0 || failureRatePercent > 100) {
            throw new IllegalArgumentException("failureRatePercent must be 0 to 100: " + failureRatePercent);
        }
        if (slowCallPercent < 0 || slowCallPercent > 100) {
            throw new IllegalArgumentException("slowCallPercent must be 0 to 100: " + slowCallPercent);
        }
    }
}
