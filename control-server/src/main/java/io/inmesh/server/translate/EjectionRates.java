package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.xds.cluster.OutlierDetection;

/** {@code outlierDetection} of a BackendTrafficPolicy: ejection by the share of calls that fail, which Istio cannot say. */
final class EjectionRates {
    private static final int ALWAYS = 100;
    private static final int THOUSANDTHS = 1000;

    private EjectionRates() {}

    static void apply(OutlierDetection.Builder detection, Field rates) {
        successRate(detection, rates.get("successRate"));
        failurePercentage(detection, rates.get("failurePercentage"));
        rates.get("maxEjectionTime").duration().ifPresent(d -> detection.setMaxEjectionTime(Protos.duration(d)));
        rates.get("maxEjectionTimeJitter")
                .duration()
                .ifPresent(d -> detection.setMaxEjectionTimeJitter(Protos.duration(d)));
    }

    private static void successRate(OutlierDetection.Builder detection, Field rule) {
        // Where nothing is said it must be switched off: Envoy and gRPC judge by it by default.
        int enforcing = rule.present() ? rule.get("enforcingPercent").integer(ALWAYS) : 0;
        detection.setEnforcingSuccessRate(Protos.uint32(enforcing));
        detection.setEnforcingLocalOriginSuccessRate(Protos.uint32(enforcing));
        rule.get("minimumHosts").integer().ifPresent(n -> detection.setSuccessRateMinimumHosts(Protos.uint32(n)));
        rule.get("requestVolume").integer().ifPresent(n -> detection.setSuccessRateRequestVolume(Protos.uint32(n)));
        rule.get("stdevFactor")
                .decimal()
                .ifPresent(
                        factor -> detection.setSuccessRateStdevFactor(Protos.uint32(Math.round(factor * THOUSANDTHS))));
    }

    private static void failurePercentage(OutlierDetection.Builder detection, Field rule) {
        if (rule.absent()) {
            return;
        }
        int enforcing = rule.get("enforcingPercent").integer(ALWAYS);
        detection.setEnforcingFailurePercentage(Protos.uint32(enforcing));
        detection.setEnforcingFailurePercentageLocalOrigin(Protos.uint32(enforcing));
        rule.get("threshold").integer().ifPresent(n -> detection.setFailurePercentageThreshold(Protos.uint32(n)));
        rule.get("minimumHosts").integer().ifPresent(n -> detection.setFailurePercentageMinimumHosts(Protos.uint32(n)));
        rule.get("requestVolume")
                .integer()
                .ifPresent(n -> detection.setFailurePercentageRequestVolume(Protos.uint32(n)));
    }
}
