package io.inmesh.config;

/**
 * How often an endpoint that errors in a row point out is really ejected, so that a rule can be tried on a part of its cases.
 *
 * <p>Source: Envoy {@code OutlierDetection.enforcing_*}.
 *
 * @param consecutive5xx percent of the cases found by 5xx answers in a row
 * @param consecutiveGateway percent of the cases found by gateway errors in a row
 * @param consecutiveLocalOrigin percent of the cases found by local failures in a row
 */
public record EnforcementConfig(int consecutive5xx, int consecutiveGateway, int consecutiveLocalOrigin) {

    /** Whoever is found is ejected. */
    public static final EnforcementConfig ALWAYS = new EnforcementConfig(100, 100, 100);

    /** Checks ranges. */
    public EnforcementConfig {
        Percents.check("enforcing.consecutive5xx", consecutive5xx);
        Percents.check("enforcing.consecutiveGateway", consecutiveGateway);
        Percents.check("enforcing.consecutiveLocalOrigin", consecutiveLocalOrigin);
    }
}
