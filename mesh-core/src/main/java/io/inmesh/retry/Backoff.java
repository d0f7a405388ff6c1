package io.inmesh.retry;

import io.inmesh.time.Randomness;

/**
 * Exponential backoff with full jitter: the n-th wait is uniform in [0, min(max, base x (2^n - 1))).
 *
 * <p>Source: Envoy's router. Full jitter spreads callers that failed together better than a fixed wait with some noise.
 *
 * @param baseNanos unit, positive
 * @param maxNanos cap of one wait, not below the unit
 */
public record Backoff(long baseNanos, long maxNanos) {

    /**
     * {@return a wait in nanoseconds}
     *
     * @param retry 1 for the wait before the first retry
     */
    public long draw(int retry, Randomness randomness) {
        return randomness.below(boundNanos(retry));
    }

    /** {@return what the n-th wait stays below} */
    public long boundNanos(int retry) {
        if (retry >= Long.SIZE - 1) {
            return maxNanos;
        }
        long factor = (1L << retry) - 1;
        return factor >= maxNanos / baseNanos + 1 ? maxNanos : Math.min(maxNanos, baseNanos * factor);
    }
}
