package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import com.google.protobuf.Value;
import io.inmesh.config.SpreadConfig;
import io.inmesh.config.SpreadConfig.LocalityConfig;
import io.inmesh.config.SpreadConfig.Mode;
import io.inmesh.config.SpreadConfig.Panic;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.Cluster.CommonLbConfig;
import io.inmesh.xds.cluster.Cluster.CommonLbConfig.LocalityWeightedLbConfig;
import io.inmesh.xds.cluster.Cluster.CommonLbConfig.ZoneAwareLbConfig;
import io.inmesh.xds.core.Locality;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import io.inmesh.xds.type.Percent;
import org.junit.jupiter.api.Test;

/** What Envoy's locality fields come to. */
class SpreadTranslatorTest {

    @Test
    void aClusterThatSaysNothingHasNoPlaces() {
        assertThat(SpreadTranslator.ofCluster(Cluster.getDefaultInstance())).isEqualTo(SpreadConfig.DEFAULT);
    }

    @Test
    void localityWeightsCountWhereTheClusterSaysSo() {
        SpreadConfig spread = cluster(
                CommonLbConfig.newBuilder().setLocalityWeightedLbConfig(LocalityWeightedLbConfig.getDefaultInstance()));

        assertThat(spread.mode()).isEqualTo(Mode.WEIGHTED);
        assertThat(spread.panic()).isEqualTo(Panic.USE_ALL);
    }

    @Test
    void zoneAwareRoutingHasALeastSizeAndMayRefuseInPanic() {
        SpreadConfig usual = zones(ZoneAwareLbConfig.newBuilder());
        SpreadConfig own = zones(ZoneAwareLbConfig.newBuilder()
                .setMinClusterSize(UInt64Value.of(-1))
                .setFailTrafficOnPanic(true));

        assertThat(usual.mode()).isEqualTo(Mode.ZONE_AWARE);
        assertThat(usual.minEndpoints()).isEqualTo(6);
        assertThat(own.minEndpoints()).as("an unsigned number beyond any size").isEqualTo(Integer.MAX_VALUE);
        assertThat(own.panic()).isEqualTo(Panic.REFUSE);
    }

    @Test
    void zoneAwareRoutingForNoCallIsOffButItsPanicRuleHolds() {
        SpreadConfig spread = zones(ZoneAwareLbConfig.newBuilder()
                .setRoutingEnabled(Percent.getDefaultInstance())
                .setFailTrafficOnPanic(true));

        assertThat(spread.mode()).isEqualTo(Mode.NONE);
        assertThat(spread.panic()).isEqualTo(Panic.REFUSE);
    }

    @Test
    void eachLocalityHasItsWeightAndItsCallers() {
        ClusterLoadAssignment.Builder assignment = ClusterLoadAssignment.newBuilder()
                .addEndpoints(LocalityLbEndpoints.newBuilder()
                        .setLocality(Locality.newBuilder().setRegion("eu").setZone("a"))
                        .setLoadBalancingWeight(UInt32Value.of(-1))
                        .setMetadata(Metadata.newBuilder()
                                .putFilterMetadata(
                                        "io.inmesh",
                                        Struct.newBuilder()
                                                .putFields(
                                                        "callers",
                                                        Value.newBuilder()
                                                                .setNumberValue(3)
                                                                .build())
                                                .build())))
                .addEndpoints(LocalityLbEndpoints.newBuilder().setPriority(1));

        assertThat(SpreadTranslator.localities(assignment.build()))
                .as("weights are unsigned, and no weight is none")
                .containsExactly(new LocalityConfig("eu/a", 0, 0xFFFF_FFFFL, 3), new LocalityConfig("", 1, 0, 0));
    }

    @Test
    void theOverprovisioningFactorIs140UnlessSent() {
        ClusterLoadAssignment.Builder assignment = ClusterLoadAssignment.newBuilder();
        assertThat(SpreadTranslator.overprovisioningPercent(assignment.build())).isEqualTo(140);
        assignment.getPolicyBuilder().setOverprovisioningFactor(UInt32Value.of(100));
        assertThat(SpreadTranslator.overprovisioningPercent(assignment.build())).isEqualTo(100);
        assignment.getPolicyBuilder().setOverprovisioningFactor(UInt32Value.of(0));
        assertThat(SpreadTranslator.overprovisioningPercent(assignment.build()))
                .as("invalid in Envoy, harmless here")
                .isEqualTo(1);
    }

    @Test
    void aLocalityIsWrittenWithoutTrailingSlashes() {
        assertThat(SpreadTranslator.path(Locality.getDefaultInstance())).isEmpty();
        assertThat(SpreadTranslator.path(
                        Locality.newBuilder().setRegion("eu").setSubZone("1").build()))
                .isEqualTo("eu//1");
    }

    private static SpreadConfig zones(ZoneAwareLbConfig.Builder zones) {
        return cluster(CommonLbConfig.newBuilder().setZoneAwareLbConfig(zones));
    }

    private static SpreadConfig cluster(CommonLbConfig.Builder common) {
        return SpreadTranslator.ofCluster(
                Cluster.newBuilder().setCommonLbConfig(common).build());
    }
}
