package io.inmesh.config;

/**
 * Ejects endpoints that fail at least a fixed share of their attempts, judged at every sweep over the attempts since the one before.
 *
 * <p>Source: Envoy {@code OutlierDetection.failure_percentage_*}, gRFC A50.
 *
 * @param enforcingPercent how often an endpoint that is found is ejected, 0 to switch the rule off
 * @param enforcingLocalOriginPercent the same for local failures, where those are counted apart
 * @param threshold percent of failures that is too much
 * @param minimumHosts endpoints with enough attempts that are needed for a judgement
 * @param requestVolume attempts an endpoint needs between two sweeps to be judged
 */
public record FailurePercentageConfig(
        int enforcingPercent, int enforcingLocalOriginPercent, int threshold, int minimumHosts, int requestVolume) {

    /** Nobody is judged. */
    public static final FailurePercentageConfig OFF = new FailurePercentageConfig(0, 0, 85, 5, 50);

    /** Envoy's values, enforced: 85 percent failures, 5 endpoints, 50 attempts each. */
    public static final FailurePercentageConfig DEFAULT = new FailurePercentageConfig(100, 0, 85, 5, 50);

    /** Checks ranges. */
    public FailurePercentageConfig {
        Percents.check("failurePercentage.enforcingPercent", enforcingPercent);
        Percents.check("failurePercentage.enforcingLocalOriginPercent", enforcingLocalOriginPercent);
        Percents.check("failurePercentage.threshold", threshold);
        if (minimumHosts < 0 || requestVolume < 0) {
            throw new IllegalArgumentException(
                    "failurePercentage must not hold negative numbers: " + minimumHosts + ", " + requestVolume);
        }
    }

    /** {@return how often it is enforced} */
    public int enforcing(boolean localOrigin) {
        return localOrigin ? enforcingLocalOriginPercent : enforcingPercent;
    }
}
