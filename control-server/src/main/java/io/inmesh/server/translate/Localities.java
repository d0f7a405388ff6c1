package io.inmesh.server.translate;

import com.google.protobuf.UInt64Value;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.LocalityPolicy;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.type.Percent;

/** {@code localityLbSetting} and {@code zoneAwareLbSetting}: what a cluster says about the localities of its endpoints. */
final class Localities {
    private Localities() {}

    /**
     * Weights are in the endpoint resource, as are priorities; here is only whether and how weights count, and what happens in panic.
     *
     * @param spread block of a BackendTrafficPolicy
     */
    static void apply(Cluster.Builder cluster, LocalityPolicy policy, Field spread) {
        boolean refuse = spread.get("panic").text().equals("REFUSE");
        switch (policy.kind()) {
            case OFF -> {
                if (refuse) {
                    // Envoy has the rule only there; for no call at all, zones mean nothing.
                    cluster.getCommonLbConfigBuilder()
                            .getZoneAwareLbConfigBuilder()
                            .setRoutingEnabled(Percent.getDefaultInstance())
                            .setFailTrafficOnPanic(true);
                }
            }
            case DISTRIBUTE, FAILOVER -> {
                cluster.getCommonLbConfigBuilder().getLocalityWeightedLbConfigBuilder();
                if (refuse) {
                    MeshMetadata.put(cluster, "panicMode", Protos.string("REFUSE"));
                }
            }
            case ZONE_AWARE ->
                cluster.getCommonLbConfigBuilder()
                        .getZoneAwareLbConfigBuilder()
                        .setMinClusterSize(UInt64Value.of(policy.minClusterSize()))
                        .setFailTrafficOnPanic(refuse);
        }
    }
}
