package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.UInt64Value;
import com.google.protobuf.Value;
import io.inmesh.config.BalancingConfig;
import io.inmesh.config.BalancingConfig.SubsetConfig;
import io.inmesh.config.HashKeyConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.WarmUpConfig;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.core.RuntimeDouble;
import io.inmesh.xds.route.RouteAction.HashPolicy;
import io.inmesh.xds.type.Percent;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Envoy's fields of hashing, slow start and keys come to. */
class BalancingTranslatorTest {
    private final ResourceReader reader = new ResourceReader("reviews");
    private final BalancingTranslator translator = new BalancingTranslator(reader);

    @ParameterizedTest
    @CsvSource({
        "RING_HASH, RING_HASH",
        "MAGLEV, MAGLEV",
        "ROUND_ROBIN, ROUND_ROBIN",
        "LEAST_REQUEST, LEAST_REQUEST",
        "RANDOM, RANDOM"
    })
    void everyAlgorithmIsKnown(Cluster.LbPolicy sent, LoadBalancer meant) {
        assertThat(translator.algorithm(Cluster.newBuilder().setLbPolicy(sent).build()))
                .isEqualTo(meant);
        assertThat(reader.ignored().list()).isEmpty();
    }

    @Test
    void sizesAndBoundAreTakenOver() {
        Cluster.Builder ring = Cluster.newBuilder();
        ring.getRingHashLbConfigBuilder()
                .setMinimumRingSize(UInt64Value.of(64))
                .setMaximumRingSize(UInt64Value.of(8 << 20));
        ring.getCommonLbConfigBuilder().getConsistentHashingLbConfigBuilder().setHashBalanceFactor(UInt32Value.of(125));
        BalancingConfig settings = translator.settings(ring.build());
        assertThat(settings.minimumRingSize()).isEqualTo(64);
        assertThat(settings.maximumRingSize()).isEqualTo(BalancingConfig.MAX_RING_SIZE);
        assertThat(settings.loadBoundPercent()).isEqualTo(125);
        assertThat(reader.ignored().list()).isEmpty();
    }

    /** Trap 15: what is asked for may be larger than what fits; it is cut, and that is said. */
    @Test
    void aHugeRingIsCutAndReported() {
        Cluster.Builder ring = Cluster.newBuilder();
        ring.getRingHashLbConfigBuilder().setMinimumRingSize(UInt64Value.of(1 << 20));
        assertThat(translator.settings(ring.build()).minimumRingSize()).isEqualTo(BalancingConfig.MAX_RING_SIZE);
        assertThat(reader.ignored().list()).extracting(IgnoredField::path).containsExactly("ring_hash_lb_config");
    }

    @Test
    void aTableOfNoPrimeSizeIsRefused() {
        Cluster.Builder maglev = Cluster.newBuilder();
        maglev.getMaglevLbConfigBuilder().setTableSize(UInt64Value.of(1000));
        assertThatThrownBy(() -> translator.settings(maglev.build()))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("prime");
    }

    @Test
    void slowStartIsWarmUp() {
        Cluster.Builder cluster = Cluster.newBuilder();
        cluster.getLeastRequestLbConfigBuilder()
                .getSlowStartConfigBuilder()
                .setSlowStartWindow(Duration.newBuilder().setSeconds(30))
                .setAggression(RuntimeDouble.newBuilder().setDefaultValue(2))
                .setMinWeightPercent(Percent.newBuilder().setValue(25));
        assertThat(translator.settings(cluster.build()).warmUp())
                .isEqualTo(new WarmUpConfig(java.time.Duration.ofSeconds(30), 25, 2));
        assertThat(translator.settings(Cluster.getDefaultInstance()).warmUp()).isNull();
    }

    @Test
    void theSubsetIsThatOfThisProcess() {
        Cluster cluster = Cluster.newBuilder()
                .setMetadata(Metadata.newBuilder()
                        .putFilterMetadata(
                                "io.inmesh",
                                Struct.newBuilder()
                                        .putFields(
                                                "subset_size",
                                                Value.newBuilder()
                                                        .setNumberValue(20)
                                                        .build())
                                        .build()))
                .build();
        assertThat(BalancingTranslator.identified(translator.settings(cluster), "10.0.0.1/shop")
                        .subset())
                .isEqualTo(new SubsetConfig(20, "10.0.0.1/shop"));
    }

    @Test
    void keysAreTakenOverInOrder() {
        HashPolicy header = HashPolicy.newBuilder()
                .setHeader(HashPolicy.Header.newBuilder().setHeaderName("User"))
                .setTerminal(true)
                .build();
        HashPolicy cookie = HashPolicy.newBuilder()
                .setCookie(HashPolicy.Cookie.newBuilder()
                        .setName("session")
                        .setPath("/")
                        .setTtl(Duration.getDefaultInstance()))
                .build();
        HashPolicy source = HashPolicy.newBuilder()
                .setConnectionProperties(
                        HashPolicy.ConnectionProperties.newBuilder().setSourceIp(true))
                .build();
        List<HashKeyConfig> keys =
                HashPolicies.translate("hash_policy", List.of(header, cookie, source), reader.ignored());
        assertThat(keys)
                .extracting(key -> HashPolicies.located(key, "10.0.0.1"))
                .containsExactly(
                        new HashKeyConfig.Header("user", true),
                        new HashKeyConfig.Cookie("session", java.time.Duration.ZERO, "/", List.of(), false),
                        new HashKeyConfig.SourceAddress("10.0.0.1", false));
        assertThat(reader.ignored().list())
                .as("what stands for the source address is said")
                .extracting(IgnoredField::path)
                .containsExactly("hash_policy[2].connection_properties.source_ip");
    }
}
