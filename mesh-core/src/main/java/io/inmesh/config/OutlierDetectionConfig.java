package io.inmesh.config;

import java.time.Duration;
import java.util.Set;

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
 * @param enforcement how often errors in a row really eject
 * @param successRate ejection of those that succeed clearly less often than the others
 * @param failurePercentage ejection of those that fail more often than a fixed share
 * @param maxEjectionJitter longest random time that is added to an ejection, so that endpoints ejected together do not return
 *     together; zero for none
 * @param errorCodes the HTTP status codes that count as errors, instead of 500 to 599; empty for those. Source: Istio {@code
 *     outlierDetectionHttpErrorCodes}
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
        int minHealthPercent,
        EnforcementConfig enforcement,
        SuccessRateConfig successRate,
        FailurePercentageConfig failurePercentage,
        Duration maxEjectionJitter,
        Set<Integer> errorCodes) {

    /** Nothing is ejected. */
    public static final OutlierDetectionConfig OFF = new OutlierDetectionConfig(
            0, 0, false, 0, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(300), 10, 0);

    /** Istio's values once outlier detection is asked for: five in a row, 10 s sweep, 30 s ejection, 10 percent. */
    public static final OutlierDetectionConfig DEFAULT = new OutlierDetectionConfig(
            5, 0, false, 5, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofSeconds(300), 10, 0);

    /** Checks ranges. */
    public OutlierDetectionConfig {
        Percents.check("maxEjectionPercent", maxEjectionPercent);
        Percents.check("minHealthPercent", minHealthPercent);
        errorCodes = Set.copyOf(errorCodes);
    }

    /** Ejects by errors in a row only, always and without jitter, as Istio does; see the components of the record. */
    public OutlierDetectionConfig(
            int consecutive5xx,
            int consecutiveGateway,
            boolean splitLocalOrigin,
            int consecutiveLocalOrigin,
            Duration interval,
            Duration baseEjectionTime,
            Duration maxEjectionTime,
            int maxEjectionPercent,
            int minHealthPercent) {
        this(
                consecutive5xx,
                consecutiveGateway,
                splitLocalOrigin,
                consecutiveLocalOrigin,
                interval,
                baseEjectionTime,
                maxEjectionTime,
                maxEjectionPercent,
                minHealthPercent,
                EnforcementConfig.ALWAYS,
                SuccessRateConfig.OFF,
                FailurePercentageConfig.OFF,
                Duration.ZERO,
                Set.of());
    }

    /** {@return these rules with others for rates} */
    public OutlierDetectionConfig withRates(SuccessRateConfig successRate, FailurePercentageConfig failurePercentage) {
        return new OutlierDetectionConfig(
                consecutive5xx,
                consecutiveGateway,
                splitLocalOrigin,
                consecutiveLocalOrigin,
                interval,
                baseEjectionTime,
                maxEjectionTime,
                maxEjectionPercent,
                minHealthPercent,
                enforcement,
                successRate,
                failurePercentage,
                maxEjectionJitter,
                errorCodes);
    }

    /** {@return whether anything can be ejected} */
    public boolean enabled() {
        return consecutive5xx > 0
                || consecutiveGateway > 0
                || (splitLocalOrigin && consecutiveLocalOrigin > 0)
                || judgesRates();
    }

    /** {@return whether endpoints are judged by their rates, so that successes must be counted too} */
    public boolean judgesRates() {
        return judgesRates(false) || judgesRates(true);
    }

    /**
     * {@return whether endpoints are judged by one of their rates}
     *
     * @param localOrigin whether the rate of local failures is meant, which are counted apart only when split
     */
    public boolean judgesRates(boolean localOrigin) {
        return (splitLocalOrigin || !localOrigin)
                && (successRate.enforcing(localOrigin) > 0 || failurePercentage.enforcing(localOrigin) > 0);
    }
}
