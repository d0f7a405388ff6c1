package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Struct;
import org.junit.jupiter.api.Test;

/** The failure-rate breaker travels in the metadata of clusters. */
class FailureRateBreakersTest {
    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";

    @Test
    void everyFieldTravels() throws Exception {
        Struct sent = breaker("{percent: 40, minimumCalls: 20, window: 50, openDuration: 1500ms, halfOpenCalls: 5,"
                + " slowCallPercent: 80, slowCallDuration: 2s}");

        assertThat(sent.getFieldsOrThrow("failureRatePercent").getNumberValue()).isEqualTo(40);
        assertThat(sent.getFieldsOrThrow("minimumCalls").getNumberValue()).isEqualTo(20);
        assertThat(sent.getFieldsOrThrow("window").getNumberValue()).isEqualTo(50);
        assertThat(sent.getFieldsOrThrow("openDuration").getStringValue()).isEqualTo("1.5s");
        assertThat(sent.getFieldsOrThrow("halfOpenCalls").getNumberValue()).isEqualTo(5);
        assertThat(sent.getFieldsOrThrow("slowCallPercent").getNumberValue()).isEqualTo(80);
        assertThat(sent.getFieldsOrThrow("slowCallDuration").getStringValue()).isEqualTo("2s");
    }

    @Test
    void halfOfTheCallsMayFailUnlessToldOtherwise() throws Exception {
        assertThat(breaker("{window: 10}")
                        .getFieldsOrThrow("failureRatePercent")
                        .getNumberValue())
                .isEqualTo(50);
    }

    @Test
    void whoeverCountsSlowCallsOnlyDoesNotCountFailures() throws Exception {
        assertThat(breaker("{slowCallPercent: 50}")
                        .getFieldsOrThrow("failureRatePercent")
                        .getNumberValue())
                .isZero();
    }

    private static Struct breaker(String rule) throws Exception {
        return MeshFixture.of("""
                        apiVersion: inmesh.io/v1alpha1
                        kind: BackendTrafficPolicy
                        metadata: {name: breaker}
                        spec:
                          host: reviews
                          circuitBreaker: {failureRate: %s}
                        """.formatted(rule))
                .cluster(REVIEWS)
                .getMetadata()
                .getFilterMetadataOrThrow("io.inmesh")
                .getFieldsOrThrow("circuitBreaker")
                .getStructValue();
    }
}
