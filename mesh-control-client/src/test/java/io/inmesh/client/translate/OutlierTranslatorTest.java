package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.OutlierDetection;
import org.junit.jupiter.api.Test;

class OutlierTranslatorTest {

    @Test
    void whereNoRuleSaysAnythingOnlyEndpointsThatCannotBeReachedAreEjected() {
        OutlierDetectionConfig outliers =
                OutlierTranslator.translate(Cluster.getDefaultInstance(), new IgnoredFields("cluster a"));

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

    private static OutlierDetectionConfig translate(OutlierDetection.Builder sent) {
        return OutlierTranslator.translate(
                Cluster.newBuilder().setOutlierDetection(sent).build(), new IgnoredFields("cluster a"));
    }
}
