package io.inmesh.config;

/**
 * Ejects endpoints that succeed clearly less often than the others of their cluster, judged at every sweep over the attempts since the
 * one before: those whose success rate is below the mean minus {@code stdevFactor} times the standard deviation.
 *
 * <p>Source: Envoy {@code OutlierDetection.success_rate_*}, gRFC A50.
 *
 * @param enforcingPercent how often an endpoint that is found is ejected, 0 to switch the rule off
 * @param enforcingLocalOriginPercent the same for local failures, where those are counted apart
 * @param minimumHosts endpoints with enough attempts that are needed for a judgement
 * @param requestVolume attempts an endpoint needs between two sweeps to be judged
 * @param stdevFactor standard deviations below the mean that are tolerated
 */
public record SuccessRateConfig(
        int enforcingPercent,
        int enforcingLocalOriginPercent,
        int minimumHosts,
        int requestVolume,
        double stdevFactor) {

    /** Nobody is judged. */
    public static final SuccessRateConfig OFF = new SuccessRateConfig(0, 0, 5, 100, 1.9);

    /** Envoy's values: everybody found is ejected; 5 endpoints, 100 attempts each, 1.9 standard deviations. */
    public static final SuccessRateConfig DEFAULT = new SuccessRateConfig(100, 100, 5, 100, 1.9);

    /** Checks ranges. */
    public SuccessRateConfig {
        Percents.check("successRate.enforcingPercent", enforcingPercent);
        Percents.check("successRate.enforcingLocalOriginPercent", enforcingLocalOriginPercent);
        if (minimumHosts < 0 || requestVolume < 0 || !(stdevFactor >= 0)) {
            throw new IllegalArgumentException("successRate must not hold negative numbers: " + minimumHosts + ", "
                    + requestVolume + ", " + stdevFactor);
        }
    }

    /** {@return how often it is enforced} */
    public int enforcing(boolean localOrigin) {
        return localOrigin ? enforcingLocalOriginPercent : enforcingPercent;
    }
}
