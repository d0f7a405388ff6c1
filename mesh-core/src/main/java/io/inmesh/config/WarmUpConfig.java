package io.inmesh.config;

import java.time.Duration;

/**
 * How the weight of an endpoint grows after it appeared: {@code weight × max(minimum, (age / duration)^(1 / aggression))}. For round robin and
 * least request.
 *
 * <p>Source: Envoy {@code SlowStartConfig}; Istio {@code LoadBalancerSettings.warmup}.
 *
 * @param duration how long it takes to reach the full weight; positive
 * @param minimumPercent part of the weight to begin with, 0 to 100; default 10
 * @param aggression 1 grows evenly, more grows faster at first; at least 1
 */
public record WarmUpConfig(Duration duration, double minimumPercent, double aggression) {

    /** Envoy's and Istio's part to begin with. */
    public static final double DEFAULT_MINIMUM_PERCENT = 10;

    /** Checks ranges. */
    public WarmUpConfig {
        if (duration.isZero() || duration.isNegative()) {
            throw new IllegalArgumentException("duration must be positive: " + duration);
        }
        if (!(minimumPercent >= 0 && minimumPercent <= 100)) {
            throw new IllegalArgumentException("minimumPercent must be from 0 to 100: " + minimumPercent);
        }
        if (!(aggression >= 1)) {
            throw new IllegalArgumentException("aggression must be at least 1: " + aggression);
        }
    }

    /** {@return a warm-up that begins with a tenth and grows evenly} */
    public static WarmUpConfig of(Duration duration) {
        return new WarmUpConfig(duration, DEFAULT_MINIMUM_PERCENT, 1);
    }
}
