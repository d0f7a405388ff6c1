package io.inmesh.config;

/**
 * How many retries all calls to one service may make together; always on.
 *
 * <p>Source: Envoy {@code RetryBudget} and Istio {@code retryBudget} (percent, minimum concurrency), Finagle
 * {@code RetryBudget} (earned by successes, with a floor per second). Every success deposits {@code percent}/100 of a retry;
 * the floor keeps rarely called services retryable.
 *
 * @param percent retries earned by a hundred successful calls, default 20
 * @param minRetriesPerSecond retries always allowed per second, default 3
 */
public record RetryBudgetConfig(double percent, int minRetriesPerSecond) {

    /** 20 percent and 3 per second. */
    public static final RetryBudgetConfig DEFAULT = new RetryBudgetConfig(20, 3);

    /** Checks ranges. */
    public RetryBudgetConfig {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("percent must be 0 to 100: " + percent);
        }
        if (minRetriesPerSecond < 0) {
            throw new IllegalArgumentException("minRetriesPerSecond must not be negative: " + minRetriesPerSecond);
        }
    }
}
