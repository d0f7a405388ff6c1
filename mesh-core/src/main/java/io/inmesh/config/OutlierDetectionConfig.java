package io.inmesh.config;

import java.time.Duration;

/**
 * When an endpoint is taken out of rotation because of what calls to it experience.
 *
 * <p>Source: Istio {@code OutlierDetection}, Envoy {@code cluster.v3.OutlierDetection}. Traffic never reaches zero endpoints
 * by ejection alone, whatever the percentages say.
 *
 * @param consecutive5xx 5xx answers (or local failures unless split) in a row that eject, 0 for never
 * @param consecutiveGateway 502, 503, 504 answers or local failures in a row that eject, 0 for never
 * @param splitLocalOrigin whether local failures (connect, reset, timeout) are counted apart
 * @param consecutiveLocalOrigin local failures in a row that eject when split, 0 for never
 * @param interval time between two sweeps that return ejected endpoints
 * @param baseEjectionTime first ejection lasts this long, the n-th n times as long
 * @param maxEjectionTime cap of one ejection
 * @param maxEjectionPercent most endpoints ejected at once, in percent; at least one may always be ejected if others are left
 * @param minHealthPercent below this share of healthy endpoints the panic rule uses all of them, 0 to use the healthy ones
 *     as long as there are any
 */
public record OutlierDetectionConfig(
        int consecutive5xx,
        int consecutiveGateway,
        boolean splitLocalOrigin,
        int consecutiveLocalOrigin,
        Duration interval,
        Duration baseEjectionTime,
        Duration maxEjectionTime,
        int maxEjectionPercent,
        int minHealthPercent) {

    /** Nothing is ejected. */
    public static final OutlierDetectionConfig OFF = new OutlierDetectionConfig(
            0, 0, false, 0, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(300), 10, 0);

    /** Istio's values once outlier detection is asked for: five in a row, 10 s sweep, 30 s ejection, 10 percent. */
    public static final OutlierDetectionConfig DEFAULT = new OutlierDetectionConfig(
            5, 0, false, 5, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(300), 10, 0);

    /** Checks ranges. */
    public OutlierDetectionConfig {
        if (maxEjectionPercent < 0 || maxEjectionPercent > 100) {
            throw new IllegalArgumentException("maxEjectionPercent must be 0 to 100: " + maxEjectionPercent);
        }
        if (minHealthPercent < 0 || minHealthPercent > 100) {
            throw new IllegalArgumentException("minHealthPercent must be 0 to 100: " + minHealthPercent);
        }
    }

    /** {@return whether anything can be ejected} */
    public boolean enabled() {
        return consecutive5xx > 0 || consecutiveGateway > 0 || (splitLocalOrigin && consecutiveLocalOrigin > 0);
    }
}
