package io.inmesh.dispatch;

import static io.inmesh.dispatch.Scene.attempt;
import static io.inmesh.dispatch.Scene.endpoints;
import static io.inmesh.dispatch.Scene.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Outcome.Response;
import io.inmesh.config.EnforcementConfig;
import io.inmesh.config.FailurePercentageConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.SuccessRateConfig;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which answers count as errors where a rule lists status codes. */
class OutlierErrorCodesTest {

    @ParameterizedTest
    @CsvSource({"429, true", "500, true", "503, false", "200, false"})
    void onlyTheListedCodesCount(int status, boolean ejected) {
        Scene scene = new Scene(route(), endpoints(2).withOutlierDetection(countingOnly(429, 500)));

        for (int i = 0; i < 6; i++) {
            Dispatch dispatch = scene.dispatch();
            dispatch.settle(attempt(dispatch.start()), Response.http(status));
        }

        assertThat(scene.cluster().outlierDetection().ejectedCount() > 0).isEqualTo(ejected);
    }

    private static OutlierDetectionConfig countingOnly(Integer... codes) {
        return new OutlierDetectionConfig(
                3,
                0,
                false,
                0,
                Duration.ofSeconds(10),
                Duration.ofSeconds(30),
                Duration.ofSeconds(300),
                50,
                0,
                EnforcementConfig.ALWAYS,
                SuccessRateConfig.OFF,
                FailurePercentageConfig.OFF,
                Duration.ZERO,
                Set.of(codes));
    }
}
