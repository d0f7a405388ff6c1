package io.inmesh.server.rule;

/**
 * The traffic policy in force for one cluster, block by block; an absent block means defaults.
 *
 * @param loadBalancer how an endpoint is chosen
 * @param connectionPool limits of connections and requests
 * @param outlierDetection when endpoints are ejected
 * @param tls how connections are secured
 * @param retryBudget how many retries may be in flight
 */
public record TrafficPolicy(
        Field loadBalancer, Field connectionPool, Field outlierDetection, Field tls, Field retryBudget) {
    /** Nothing said: defaults everywhere. */
    public static final TrafficPolicy DEFAULTS =
            new TrafficPolicy(Field.ABSENT, Field.ABSENT, Field.ABSENT, Field.ABSENT, Field.ABSENT);

    /**
     * This policy overridden by {@code policy}: each block it sets replaces ours as a whole. If it has settings for {@code port}, those
     * replace load balancer, connection pool, outlier detection and TLS, and what they leave out falls back to defaults rather than
     * to any outer level.
     */
    TrafficPolicy overriddenBy(Field policy, int port) {
        TrafficPolicy merged = new TrafficPolicy(
                firstPresent(policy.get("loadBalancer"), loadBalancer),
                firstPresent(policy.get("connectionPool"), connectionPool),
                firstPresent(policy.get("outlierDetection"), outlierDetection),
                firstPresent(policy.get("tls"), tls),
                firstPresent(policy.get("retryBudget"), retryBudget));
        for (Field portLevel : policy.get("portLevelSettings").items()) {
            if (portLevel.get("port").get("number").integer(-1) == port) {
                return new TrafficPolicy(
                        portLevel.get("loadBalancer"),
                        portLevel.get("connectionPool"),
                        portLevel.get("outlierDetection"),
                        portLevel.get("tls"),
                        merged.retryBudget);
            }
        }
        return merged;
    }

    private static Field firstPresent(Field inner, Field outer) {
        return inner.present() ? inner : outer;
    }
}
