package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.HedgingConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.ThrottlingConfig;
import io.inmesh.xds.cluster.CircuitBreakers;
import io.inmesh.xds.cluster.CircuitBreakers.Thresholds.RetryBudget;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.type.Percent;
import org.junit.jupiter.api.Test;

/** What a cluster's metadata and its retry budget come to. */
class ClientPolicyTranslatorTest {

    @Test
    void aClusterThatSaysNothingHasTheUsualPolicy() {
        assertThat(policy(Struct.newBuilder())).isEqualTo(ClientPolicyConfig.DEFAULT);
    }

    @Test
    void everyFieldIsRead() {
        Struct.Builder hedging = Struct.newBuilder()
                .putFields("delay_ms", number(50))
                .putFields("percentile", number(99))
                .putFields("max_extra_percent", number(5));
        Struct.Builder throttling = Struct.newBuilder()
                .putFields("k", number(1.5))
                .putFields("window_ms", number(30_000))
                .putFields("max_percent", number(80));

        assertThat(policy(Struct.newBuilder()
                        .putFields(
                                "chain_aware_retries",
                                Value.newBuilder().setBoolValue(false).build())
                        .putFields("hedging", struct(hedging))
                        .putFields("throttling", struct(throttling))))
                .isEqualTo(new ClientPolicyConfig(
                        false,
                        new HedgingConfig(java.time.Duration.ofMillis(50), 99, 5),
                        new ThrottlingConfig(1.5, java.time.Duration.ofSeconds(30), 80)));
    }

    @Test
    void emptyBlocksMeanTheirDefaults() {
        assertThat(policy(Struct.newBuilder()
                        .putFields("hedging", struct(Struct.newBuilder()))
                        .putFields("throttling", struct(Struct.newBuilder()))))
                .isEqualTo(ClientPolicyConfig.DEFAULT
                        .withHedging(HedgingConfig.DEFAULT)
                        .withThrottling(ThrottlingConfig.DEFAULT));
    }

    @Test
    void aValueOutOfRangeIsRefusedByName() {
        Struct.Builder hedging = Struct.newBuilder().putFields("percentile", number(100));

        assertThatThrownBy(() -> policy(Struct.newBuilder().putFields("hedging", struct(hedging))))
                .isInstanceOf(InvalidResourceException.class)
                .hasMessageContainingAll("reviews", "client_policy", "percentile");
    }

    @Test
    void aRetryBudgetIsOfWhatIsInFlightUnlessItHasAnInterval() {
        RetryBudget.Builder budget =
                RetryBudget.newBuilder().setBudgetPercent(Percent.newBuilder().setValue(30));
        assertThat(budget(budget)).isEqualTo(RetryBudgetConfig.inFlight(30, 3));
        assertThat(budget(budget.setMinRetryConcurrency(UInt32Value.of(7))
                        .setBudgetInterval(Duration.newBuilder().setSeconds(5))))
                .isEqualTo(RetryBudgetConfig.started(30, 7, java.time.Duration.ofSeconds(5)));
    }

    @Test
    void withoutARetryBudgetTheUsualOneHolds() {
        assertThat(new ClusterTranslator(new ResourceReader("reviews"))
                        .translate(Cluster.newBuilder().setName("reviews").build())
                        .config()
                        .retryBudget())
                .isEqualTo(RetryBudgetConfig.DEFAULT);
    }

    private static RetryBudgetConfig budget(RetryBudget.Builder budget) {
        Cluster cluster = Cluster.newBuilder()
                .setName("reviews")
                .setCircuitBreakers(CircuitBreakers.newBuilder()
                        .addThresholds(CircuitBreakers.Thresholds.newBuilder().setRetryBudget(budget)))
                .build();
        return new ClusterTranslator(new ResourceReader("reviews"))
                .translate(cluster)
                .config()
                .retryBudget();
    }

    private static ClientPolicyConfig policy(Struct.Builder policy) {
        Metadata.Builder metadata = Metadata.newBuilder();
        if (policy.getFieldsCount() > 0) {
            metadata.putFilterMetadata(
                    "io.inmesh",
                    Struct.newBuilder()
                            .putFields("client_policy", struct(policy))
                            .build());
        }
        return new ClientPolicyTranslator(new ResourceReader("reviews")).translate(metadata.build());
    }

    private static Value struct(Struct.Builder struct) {
        return Value.newBuilder().setStructValue(struct).build();
    }

    private static Value number(double number) {
        return Value.newBuilder().setNumberValue(number).build();
    }
}
