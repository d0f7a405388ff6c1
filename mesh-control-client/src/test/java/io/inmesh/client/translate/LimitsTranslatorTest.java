package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.xds.cluster.CircuitBreakers;
import io.inmesh.xds.cluster.CircuitBreakers.Thresholds;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.Metadata;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsTranslatorTest {

    private final LimitsTranslator translator = new LimitsTranslator(new ResourceReader("cluster a"));

    @Test
    void withoutMetadataThereIsNoBreaker() {
        assertThat(translator.translate(Thresholds.getDefaultInstance(), Metadata.getDefaultInstance()))
                .isEqualTo(CircuitBreakerConfig.DEFAULT);
    }

    @Test
    void theBreakerStandsInTheMetadata() {
        Struct breaker = Struct.newBuilder()
                .putFields("failureRatePercent", number(40))
                .putFields("minimumCalls", number(20))
                .putFields("window", number(50))
                .putFields("openDuration", text("1.5s"))
                .putFields("halfOpenCalls", number(5))
                .putFields("slowCallPercent", number(80))
                .putFields("slowCallDuration", text("2s"))
                .build();

        assertThat(translator.translate(Thresholds.getDefaultInstance(), metadata(breaker)))
                .isEqualTo(new CircuitBreakerConfig(
                        CircuitBreakerConfig.UNLIMITED,
                        CircuitBreakerConfig.UNLIMITED,
                        40,
                        20,
                        50,
                        Duration.ofMillis(1500),
                        5,
                        80,
                        Duration.ofSeconds(2)));
    }

    @Test
    void connectionsAndThoseThatWaitForOneAreLimitedByTheThresholds() {
        Thresholds thresholds = Thresholds.newBuilder()
                .setMaxConnections(UInt32Value.of(7))
                .setMaxPendingRequests(UInt32Value.of(3))
                .build();

        assertThat(translator.translate(thresholds, Metadata.getDefaultInstance()))
                .isEqualTo(CircuitBreakerConfig.DEFAULT.withConnections(7, 3));
    }

    @Test
    void pendingRequestsAreReportedWhereNothingIsWaitedFor() {
        Thresholds pending = Thresholds.newBuilder()
                .setMaxConnections(UInt32Value.of(-1))
                .setMaxPendingRequests(UInt32Value.of(3))
                .build();

        assertThat(ignored(pending)).containsExactly("circuit_breakers.max_pending_requests");
        assertThat(ignored(
                        pending.toBuilder().setMaxConnections(UInt32Value.of(7)).build()))
                .isEmpty();
    }

    private static List<String> ignored(Thresholds thresholds) {
        ResourceReader reader = new ResourceReader("cluster a");
        new ClusterTranslator(reader)
                .translate(Cluster.newBuilder()
                        .setName("a")
                        .setType(Cluster.DiscoveryType.EDS)
                        .setCircuitBreakers(CircuitBreakers.newBuilder().addThresholds(thresholds))
                        .build());
        return reader.ignored().list().stream().map(IgnoredField::path).toList();
    }

    @Test
    void whatIsNoDurationIsRefusedWithItsField() {
        Struct breaker =
                Struct.newBuilder().putFields("openDuration", text("soon")).build();

        assertThatThrownBy(() -> translator.translate(Thresholds.getDefaultInstance(), metadata(breaker)))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContaining("openDuration");
    }

    private static Metadata metadata(Struct breaker) {
        return Metadata.newBuilder()
                .putFilterMetadata(
                        "io.inmesh",
                        Struct.newBuilder()
                                .putFields(
                                        "circuitBreaker",
                                        Value.newBuilder()
                                                .setStructValue(breaker)
                                                .build())
                                .build())
                .build();
    }

    private static Value number(double value) {
        return Value.newBuilder().setNumberValue(value).build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }
}
