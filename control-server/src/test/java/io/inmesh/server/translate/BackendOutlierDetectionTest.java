package io.inmesh.server.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.OutlierDetection;
import org.junit.jupiter.api.Test;

/** Ejection by rates, which only a BackendTrafficPolicy can ask for. */
class BackendOutlierDetectionTest {
    private static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";
    private static final String RATES = """
            apiVersion: inmesh.io/v1alpha1
            kind: BackendTrafficPolicy
            metadata: {name: rates}
            spec:
              host: reviews
              outlierDetection:
                successRate: {stdevFactor: 2.5, minimumHosts: 3, requestVolume: 20, enforcingPercent: 50}
                failurePercentage: {threshold: 60, minimumHosts: 4, requestVolume: 30}
                maxEjectionTime: 60s
                maxEjectionTimeJitter: 5s
            """;
    private static final String CONSECUTIVE = """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: reviews}
            spec:
              host: reviews
              trafficPolicy:
                outlierDetection:
                  consecutive5xxErrors: 7
                  interval: 2s
                  maxEjectionPercent: 40
                  outlierDetectionHttpErrorCodes: [429, 500]
            """;

    @Test
    void ratesAreSentInEnvoysFields() throws Exception {
        OutlierDetection sent = MeshFixture.of(RATES).cluster(REVIEWS).getOutlierDetection();

        assertThat(sent.getEnforcingSuccessRate().getValue()).isEqualTo(50);
        assertThat(sent.getEnforcingLocalOriginSuccessRate().getValue()).isEqualTo(50);
        assertThat(sent.getSuccessRateStdevFactor().getValue()).isEqualTo(2500);
        assertThat(sent.getSuccessRateMinimumHosts().getValue()).isEqualTo(3);
        assertThat(sent.getSuccessRateRequestVolume().getValue()).isEqualTo(20);
        assertThat(sent.getEnforcingFailurePercentage().getValue()).isEqualTo(100);
        assertThat(sent.getFailurePercentageThreshold().getValue()).isEqualTo(60);
        assertThat(sent.getFailurePercentageMinimumHosts().getValue()).isEqualTo(4);
        assertThat(sent.getFailurePercentageRequestVolume().getValue()).isEqualTo(30);
        assertThat(sent.getMaxEjectionTime().getSeconds()).isEqualTo(60);
        assertThat(sent.getMaxEjectionTimeJitter().getSeconds()).isEqualTo(5);
    }

    @Test
    void withoutADestinationRuleNothingInARowEjects() throws Exception {
        OutlierDetection sent = MeshFixture.of(RATES).cluster(REVIEWS).getOutlierDetection();

        assertThat(sent.hasEnforcingConsecutive5Xx()).isTrue();
        assertThat(sent.getEnforcingConsecutive5Xx().getValue()).isZero();
        assertThat(sent.getEnforcingConsecutiveGatewayFailure().getValue()).isZero();
    }

    @Test
    void bothKindsOfRulesAreOne() throws Exception {
        OutlierDetection sent =
                MeshFixture.of(RATES, CONSECUTIVE).cluster(REVIEWS).getOutlierDetection();

        assertThat(sent.getConsecutive5Xx().getValue()).isEqualTo(7);
        assertThat(sent.getEnforcingConsecutive5Xx().getValue()).isEqualTo(100);
        assertThat(sent.getInterval().getSeconds()).isEqualTo(2);
        assertThat(sent.getFailurePercentageThreshold().getValue()).isEqualTo(60);
    }

    @Test
    void withoutRatesNobodyIsJudgedByThem() throws Exception {
        OutlierDetection sent = MeshFixture.of(CONSECUTIVE).cluster(REVIEWS).getOutlierDetection();

        assertThat(sent.hasEnforcingSuccessRate()).isTrue();
        assertThat(sent.getEnforcingSuccessRate().getValue()).isZero();
        assertThat(sent.hasEnforcingLocalOriginSuccessRate()).isTrue();
        assertThat(sent.getEnforcingLocalOriginSuccessRate().getValue()).isZero();
        assertThat(sent.getEnforcingFailurePercentage().getValue()).isZero();
    }

    @Test
    void stockGrpcGetsTheRatesWithTheirTimesAndNothingElse() throws Exception {
        OutlierDetection sent =
                MeshFixture.of(RATES, CONSECUTIVE).seenByGrpc().cluster(REVIEWS).getOutlierDetection();

        assertThat(sent.getSuccessRateStdevFactor().getValue()).isEqualTo(2500);
        assertThat(sent.getFailurePercentageThreshold().getValue()).isEqualTo(60);
        assertThat(sent.getInterval().getSeconds()).isEqualTo(2);
        assertThat(sent.getMaxEjectionPercent().getValue()).isEqualTo(40);
        assertThat(sent.hasConsecutive5Xx()).isFalse();
    }

    @Test
    void theStatusCodesThatCountStandInTheMetadata() throws Exception {
        Cluster cluster = MeshFixture.of(CONSECUTIVE).cluster(REVIEWS);

        assertThat(cluster.getMetadata()
                        .getFilterMetadataOrThrow("io.inmesh")
                        .getFieldsOrThrow("outlierDetectionHttpErrorCodes")
                        .getListValue()
                        .getValuesList())
                .extracting(value -> (int) value.getNumberValue())
                .containsExactly(429, 500);
    }
}
