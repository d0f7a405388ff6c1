package io.inmesh.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When an idempotent call is sent a second time, to another endpoint, because the first attempt takes unusually long.
 *
 * <p>Source: Dean and Barroso, "The Tail at Scale"; gRFC A6 (fixed delay); Finagle {@code BackupRequestFilter} (percentile, extra load).
 *
 * @param delay how long the first attempt may take; null to take it from {@code percentile}
 * @param percentile share of recent answers, in percent, that came sooner than the delay; of no meaning where there is a delay
 * @param maxExtraPercent most hedges, in percent of the attempts of the last ten seconds; the retry budget bounds them as well
 */
public record HedgingConfig(@Nullable Duration delay, double percentile, double maxExtraPercent) {

    /** Slow is what takes longer than 95 of 100 calls. */
    public static final double DEFAULT_PERCENTILE = 95;

    /** Little enough to be paid always, enough to cut the tail. */
    public static final double DEFAULT_MAX_EXTRA_PERCENT = 2;

    /** The 95th percentile, and at most 2 percent more attempts. */
    public static final HedgingConfig DEFAULT = new HedgingConfig(null, DEFAULT_PERCENTILE, DEFAULT_MAX_EXTRA_PERCENT);

    /** Checks ranges. */
    public HedgingConfig {
        if (delay != null && (delay.isNegative() || delay.isZero())) {
            throw new IllegalArgumentException("delay must be positive: " + delay);
        }
        if (!(percentile > 0 && percentile < 100)) {
            throw new IllegalArgumentException("percentile must be above 0 and below 100: " + percentile);
        }
        if (!(maxExtraPercent > 0 && maxExtraPercent <= 100)) {
            throw new IllegalArgumentException("maxExtraPercent must be above 0 and at most 100: " + maxExtraPercent);
        }
    }

    /** {@return hedging after a fixed delay} */
    public static HedgingConfig after(Duration delay) {
        return new HedgingConfig(delay, DEFAULT_PERCENTILE, DEFAULT_MAX_EXTRA_PERCENT);
    }

    /** {@return this with another bound of extra load} */
    public HedgingConfig withMaxExtraPercent(double maxExtraPercent) {
        return new HedgingConfig(delay, percentile, maxExtraPercent);
    }
}
