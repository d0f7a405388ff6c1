package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.inmesh.config.EnforcementConfig;
import io.inmesh.config.FailurePercentageConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.SuccessRateConfig;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.OutlierDetection;
import io.inmesh.xds.core.Metadata;
import org.junit.jupiter.api.Test;

class OutlierTranslatorTest {

    @Test
    void whereNoRuleSaysAnythingOnlyEndpointsThatCannotBeReachedAreEjected() {
        OutlierDetectionConfig outliers = OutlierTranslator.translate(Cluster.getDefaultInstance());

        assertThat(outliers.consecutive5xx()).isZero();
        assertThat(outliers.consecutiveGateway()).isZero();
        assertThat(outliers.splitLocalOrigin()).isTrue();
        assertThat(outliers.consecutiveLocalOrigin()).isEqualTo(3);
        assertThat(outliers.minHealthPercent()).isEqualTo(1);
    }

    @Test
    void whatEnvoyDefaultsToHoldsWhereARuleLeavesItOut() {
        OutlierDetectionConfig outliers = translate(OutlierDetection.newBuilder());

        assertThat(outliers.consecutive5xx()).isEqualTo(5);
        assertThat(outliers.consecutiveGateway()).isZero();
        assertThat(outliers.maxEjectionPercent()).isEqualTo(10);
        assertThat(outliers.baseEjectionTime()).isEqualTo(java.time.Duration.ofSeconds(30));
    }

    @Test
    void aCapBelowTheBaseMeansTheBaseAlsoIfThatIsTheDefault() {
        OutlierDetectionConfig outliers = translate(OutlierDetection.newBuilder()
                .setMaxEjectionTime(Duration.newBuilder().setSeconds(1)));

        assertThat(outliers.maxEjectionTime()).isEqualTo(java.time.Duration.ofSeconds(30));
    }

    @Test
    void zeroPercentEnforcedIsOff() {
        OutlierDetectionConfig outliers = translate(OutlierDetection.newBuilder()
                .setConsecutive5Xx(UInt32Value.of(2))
                .setEnforcingConsecutive5Xx(UInt32Value.of(0)));

        assertThat(outliers.consecutive5xx()).isZero();
    }

    @Test
    void theSuccessRateIsEnforcedByDefaultAndTheFailurePercentageIsNot() {
        OutlierDetectionConfig outliers = translate(OutlierDetection.newBuilder());

        assertThat(outliers.successRate()).isEqualTo(new SuccessRateConfig(100, 100, 5, 100, 1.9));
        assertThat(outliers.failurePercentage()).isEqualTo(new FailurePercentageConfig(0, 0, 85, 5, 50));
        assertThat(outliers.maxEjectionJitter()).isZero();
    }

    @Test
    void ratesAreTakenOverFieldByField() {
        OutlierDetectionConfig outliers = translate(OutlierDetection.newBuilder()
                .setEnforcingSuccessRate(UInt32Value.of(1))
                .setEnforcingLocalOriginSuccessRate(UInt32Value.of(2))
                .setSuccessRateMinimumHosts(UInt32Value.of(3))
                .setSuccessRateRequestVolume(UInt32Value.of(4))
                .setSuccessRateStdevFactor(UInt32Value.of(2500))
                .setEnforcingFailurePercentage(UInt32Value.of(5))
                .setEnforcingFailurePercentageLocalOrigin(UInt32Value.of(6))
                .setFailurePercentageThreshold(UInt32Value.of(7))
                .setFailurePercentageMinimumHosts(UInt32Value.of(8))
                .setFailurePercentageRequestVolume(UInt32Value.of(9))
                .setMaxEjectionTimeJitter(Duration.newBuilder().setSeconds(10)));

        assertThat(outliers.successRate()).isEqualTo(new SuccessRateConfig(1, 2, 3, 4, 2.5));
        assertThat(outliers.failurePercentage()).isEqualTo(new FailurePercentageConfig(5, 6, 7, 8, 9));
        assertThat(outliers.maxEjectionJitter()).isEqualTo(java.time.Duration.ofSeconds(10));
    }

    @Test
    void errorsInARowMayBeEnforcedInAPartOfTheCases() {
        OutlierDetectionConfig outliers = translate(OutlierDetection.newBuilder()
                .setEnforcingConsecutive5Xx(UInt32Value.of(30))
                .setConsecutiveGatewayFailure(UInt32Value.of(3))
                .setEnforcingConsecutiveGatewayFailure(UInt32Value.of(40)));

        assertThat(outliers.enforcement()).isEqualTo(new EnforcementConfig(30, 40, 100));
        assertThat(outliers.consecutiveGateway()).isEqualTo(3);
    }

    @Test
    void theStatusCodesThatCountStandInTheMetadata() {
        Value codes = Value.newBuilder()
                .setListValue(ListValue.newBuilder()
                        .addValues(Value.newBuilder().setNumberValue(429))
                        .addValues(Value.newBuilder().setNumberValue(500)))
                .build();
        Struct metadata = Struct.newBuilder()
                .putFields("outlierDetectionHttpErrorCodes", codes)
                .build();
        Cluster cluster = Cluster.newBuilder()
                .setOutlierDetection(OutlierDetection.getDefaultInstance())
                .setMetadata(Metadata.newBuilder().putFilterMetadata("io.inmesh", metadata))
                .build();

        assertThat(OutlierTranslator.translate(cluster).errorCodes()).containsExactlyInAnyOrder(429, 500);
    }

    private static OutlierDetectionConfig translate(OutlierDetection.Builder sent) {
        return OutlierTranslator.translate(
                Cluster.newBuilder().setOutlierDetection(sent).build());
    }
}
