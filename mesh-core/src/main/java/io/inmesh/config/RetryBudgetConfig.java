package io.inmesh.config;

import java.time.Duration;
import java.util.Objects;

/**
 * How many retries all calls to one service may make together; always on. Hedges count as retries.
 *
 * <p>Source: Envoy {@code RetryBudget} and Istio {@code retryBudget}, whose two forms are {@link Basis#IN_FLIGHT} and {@link
 * Basis#STARTED}; Finagle {@code RetryBudget} for {@link Basis#SUCCEEDED}, which is in force where nothing is said.
 *
 * @param percent retries allowed by a hundred of what the basis counts, default 20
 * @param basis what the percentage is of
 * @param minimum retries allowed whatever is counted, so that rarely called services can be retried: per second of the interval for
 *     {@link Basis#SUCCEEDED}, at the same time for the others; default 3
 * @param interval how long what is counted counts, default 10 s; of no meaning for {@link Basis#IN_FLIGHT}
 */
public record RetryBudgetConfig(double percent, Basis basis, int minimum, Duration interval) {

    /** What retries are a share of. */
    public enum Basis {
        /** Calls that succeeded within the interval; retries of the interval count against it. Nothing is earned while everything fails. */
        SUCCEEDED,
        /** Attempts in flight; retries in flight count against it. Istio's without {@code budgetInterval}. */
        IN_FLIGHT,
        /** Attempts started within the interval; retries of the interval count against it. Istio's {@code budgetInterval}. */
        STARTED
    }

    /** Envoy's and Istio's share. */
    public static final double DEFAULT_PERCENT = 20;

    /** Envoy's and Istio's minimum. */
    public static final int DEFAULT_MINIMUM = 3;

    /** Finagle's interval, and that of the Gateway API (GEP-3388). */
    public static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);

    /** 20 percent of the successes of the last 10 seconds, and 3 per second. */
    public static final RetryBudgetConfig DEFAULT = succeeded(DEFAULT_PERCENT, DEFAULT_MINIMUM);

    /** Checks ranges. */
    public RetryBudgetConfig {
        Objects.requireNonNull(basis, "basis");
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("percent must be 0 to 100: " + percent);
        }
        if (minimum < 0) {
            throw new IllegalArgumentException("minimum must not be negative: " + minimum);
        }
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("interval must be positive: " + interval);
        }
    }

    /** {@return a budget earned by the successes of 10 seconds} */
    public static RetryBudgetConfig succeeded(double percent, int minimumPerSecond) {
        return new RetryBudgetConfig(percent, Basis.SUCCEEDED, minimumPerSecond, DEFAULT_INTERVAL);
    }

    /** {@return a budget of retries in flight} */
    public static RetryBudgetConfig inFlight(double percent, int minimum) {
        return new RetryBudgetConfig(percent, Basis.IN_FLIGHT, minimum, DEFAULT_INTERVAL);
    }

    /** {@return a budget earned by the attempts of an interval} */
    public static RetryBudgetConfig started(double percent, int minimum, Duration interval) {
        return new RetryBudgetConfig(percent, Basis.STARTED, minimum, interval);
    }

    /** {@return whether it replaces the limit of retries in flight; Envoy has either the one or the other} */
    public boolean replacesRetryLimit() {
        return basis != Basis.SUCCEEDED;
    }
}
