package io.inmesh.server.translate;

import com.google.protobuf.UInt64Value;
import io.inmesh.server.rule.LocalityPolicy;
import io.inmesh.xds.cluster.Cluster;

/** {@code localityLbSetting} and {@code zoneAwareLbSetting}: what a cluster says about the localities of its endpoints. */
final class Localities {
    private Localities() {}

    /** Weights are in the endpoint resource, as are priorities; here is only whether and how weights count. */
    static void apply(Cluster.Builder cluster, LocalityPolicy policy) {
        switch (policy.kind()) {
            case OFF -> {
                // Nothing to say: endpoints count by their own weights.
            }
            case DISTRIBUTE, FAILOVER -> cluster.getCommonLbConfigBuilder().getLocalityWeightedLbConfigBuilder();
            case ZONE_AWARE ->
                cluster.getCommonLbConfigBuilder()
                        .getZoneAwareLbConfigBuilder()
                        .setMinClusterSize(UInt64Value.of(policy.minClusterSize()));
        }
    }
}
