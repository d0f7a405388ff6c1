package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.config.BalancingConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.ProbingConfig.Rule;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.LoadBalancingPolicy;
import io.inmesh.xds.core.TypedExtensionConfig;
import io.inmesh.xds.type.struct.TypedStruct;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The mesh's own algorithms, by what the server sends. */
class LearningTranslatorTest {

    private static final String LEAST_REQUEST =
            "type.googleapis.com/envoy.extensions.load_balancing_policies.least_request.v3.LeastRequest";

    @Test
    void theOwnAlgorithmIsTakenWithItsSettings() {
        ClusterConfig cluster = translate(
                "Probing",
                struct().putFields(
                                "probing",
                                value(struct().putFields("rule", text("HCL"))
                                        .putFields("poolSize", number(6))
                                        .putFields("probesPerCall", number(0.25))
                                        .putFields("sampleMaxAge", text("0.25s"))
                                        .putFields("qRif", number(0.7))))
                        .putFields("peakEwma", value(struct().putFields("decay", text("5s")))));
        assertThat(cluster.loadBalancer()).isEqualTo(LoadBalancer.PROBING);
        assertThat(cluster.balancing().probing().rule()).isEqualTo(Rule.HCL);
        assertThat(cluster.balancing().probing().poolSize()).isEqualTo(6);
        assertThat(cluster.balancing().probing().sampleMaxAge()).isEqualTo(Duration.ofMillis(250));
        assertThat(cluster.balancing().peakEwma().decay()).isEqualTo(Duration.ofSeconds(5));
        assertThat(cluster.balancing().peakEwma().initialLatency()).isEqualTo(Duration.ofMillis(30));
    }

    @Test
    void withoutSettingsTheDefaultsHold() {
        ClusterConfig cluster = translate("PeakEwma", struct());
        assertThat(cluster.loadBalancer()).isEqualTo(LoadBalancer.PEAK_EWMA);
        assertThat(cluster.balancing().peakEwma()).isEqualTo(BalancingConfig.DEFAULT.peakEwma());
    }

    @Test
    void anUnknownStructIsSkippedForTheNextAlgorithm() {
        assertThat(translate("Telepathy", struct()).loadBalancer()).isEqualTo(LoadBalancer.LEAST_REQUEST);
    }

    @Test
    void whatCannotBeIsRefusedWithItsPlace() {
        assertThatThrownBy(() -> translate(
                        "Probing", struct().putFields("probing", value(struct().putFields("qRif", number(2))))))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("load_balancing_policy.probing.qRif");
        assertThatThrownBy(() -> translate(
                        "PeakEwma", struct().putFields("peakEwma", value(struct().putFields("decay", text("0s"))))))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("peakEwma.decay");
    }

    private static ClusterConfig translate(String name, Struct.Builder settings) {
        Any own = Any.newBuilder()
                .setTypeUrl("type.googleapis.com/xds.type.v3.TypedStruct")
                .setValue(TypedStruct.newBuilder()
                        .setTypeUrl("type.googleapis.com/io.inmesh.balance." + name)
                        .setValue(settings)
                        .build()
                        .toByteString())
                .build();
        Cluster cluster = Cluster.newBuilder()
                .setName("outbound|9080||reviews.default.svc.cluster.local")
                .setType(Cluster.DiscoveryType.EDS)
                .setLoadBalancingPolicy(LoadBalancingPolicy.newBuilder()
                        .addPolicies(policy(own))
                        .addPolicies(policy(
                                Any.newBuilder().setTypeUrl(LEAST_REQUEST).build())))
                .build();
        return new ClusterTranslator(new ResourceReader("cluster reviews"))
                .translate(cluster)
                .config();
    }

    private static LoadBalancingPolicy.Policy policy(Any config) {
        return LoadBalancingPolicy.Policy.newBuilder()
                .setTypedExtensionConfig(
                        TypedExtensionConfig.newBuilder().setName("any").setTypedConfig(config))
                .build();
    }

    private static Struct.Builder struct() {
        return Struct.newBuilder();
    }

    private static Value value(Struct.Builder struct) {
        return Value.newBuilder().setStructValue(struct).build();
    }

    private static Value text(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private static Value number(double number) {
        return Value.newBuilder().setNumberValue(number).build();
    }
}
