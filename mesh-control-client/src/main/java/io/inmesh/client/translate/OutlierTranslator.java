package io.inmesh.client.translate;

import com.google.protobuf.UInt32Value;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.OutlierDetection;
import java.time.Duration;

/** Outlier detection, with Envoy's defaults where the control plane leaves something out. */
final class OutlierTranslator {

    private static final String FIELD = "outlier_detection";
    private static final int CONSECUTIVE = 5;
    private static final int MAX_EJECTION_PERCENT = 10;
    private static final int PANIC_PERCENT = 50;
    private static final int LAST_RESORT_PERCENT = 1;

    private OutlierTranslator() {}

    static OutlierDetectionConfig translate(Cluster cluster, IgnoredFields ignored) {
        boolean panic = cluster.getCommonLbConfig().hasHealthyPanicThreshold();
        int minHealthPercent = panic
                ? (int) Math.round(
                        cluster.getCommonLbConfig().getHealthyPanicThreshold().getValue())
                : PANIC_PERCENT;
        if (!cluster.hasOutlierDetection()) {
            return unreachable(panic ? minHealthPercent : LAST_RESORT_PERCENT);
        }
        OutlierDetection sent = cluster.getOutlierDetection();
        noteUnused(sent, ignored);
        boolean enforce5xx = enforced(sent.hasEnforcingConsecutive5Xx(), sent.getEnforcingConsecutive5Xx());
        boolean enforceLocal = enforced(
                sent.hasEnforcingConsecutiveLocalOriginFailure(), sent.getEnforcingConsecutiveLocalOriginFailure());
        // The only one that Envoy does not enforce unless asked to.
        boolean enforceGateway = sent.getEnforcingConsecutiveGatewayFailure().getValue() > 0;
        return new OutlierDetectionConfig(
                enforce5xx ? count(sent.hasConsecutive5Xx(), sent.getConsecutive5Xx()) : 0,
                enforceGateway ? count(sent.hasConsecutiveGatewayFailure(), sent.getConsecutiveGatewayFailure()) : 0,
                sent.getSplitExternalLocalOriginErrors(),
                enforceLocal
                        ? count(sent.hasConsecutiveLocalOriginFailure(), sent.getConsecutiveLocalOriginFailure())
                        : 0,
                sent.hasInterval() ? Values.duration(sent.getInterval()) : OutlierDetectionConfig.DEFAULT.interval(),
                sent.hasBaseEjectionTime()
                        ? Values.duration(sent.getBaseEjectionTime())
                        : OutlierDetectionConfig.DEFAULT.baseEjectionTime(),
                maxEjectionTime(sent),
                sent.hasMaxEjectionPercent()
                        ? (int) Math.min(100, Values.unsigned(sent.getMaxEjectionPercent()))
                        : MAX_EJECTION_PERCENT,
                minHealthPercent);
    }

    /**
     * What holds where no rule says anything: an endpoint that could not be reached three times in a row leaves rotation for five
     * seconds. Without it a process that died keeps its share of the calls until the control plane notices, and the retries
     * that this takes can exceed the budget. Answers are never judged by it, so it ejects nobody who answers, and where nobody can
     * be reached all are tried.
     */
    private static OutlierDetectionConfig unreachable(int minHealthPercent) {
        return new OutlierDetectionConfig(
                0,
                0,
                true,
                3,
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                100,
                minHealthPercent);
    }

    /** A cap below the base means the base, as in Envoy. */
    private static Duration maxEjectionTime(OutlierDetection sent) {
        Duration max = sent.hasMaxEjectionTime()
                ? Values.duration(sent.getMaxEjectionTime())
                : OutlierDetectionConfig.DEFAULT.maxEjectionTime();
        Duration base = sent.hasBaseEjectionTime()
                ? Values.duration(sent.getBaseEjectionTime())
                : OutlierDetectionConfig.DEFAULT.baseEjectionTime();
        return max.compareTo(base) < 0 ? base : max;
    }

    private static boolean enforced(boolean present, UInt32Value percent) {
        return !present || percent.getValue() > 0;
    }

    private static int count(boolean present, UInt32Value value) {
        return present ? (int) Math.min(Integer.MAX_VALUE, Values.unsigned(value)) : CONSECUTIVE;
    }

    private static void noteUnused(OutlierDetection sent, IgnoredFields ignored) {
        String reason = "endpoints are ejected by consecutive errors only";
        ignored.noteIf(sent.getEnforcingSuccessRate().getValue() > 0, FIELD + ".enforcing_success_rate", reason);
        ignored.noteIf(
                sent.getEnforcingFailurePercentage().getValue() > 0, FIELD + ".enforcing_failure_percentage", reason);
        ignored.noteIf(
                sent.getEnforcingFailurePercentageLocalOrigin().getValue() > 0,
                FIELD + ".enforcing_failure_percentage_local_origin",
                reason);
        ignored.noteIf(
                sent.getEnforcingLocalOriginSuccessRate().getValue() > 0,
                FIELD + ".enforcing_local_origin_success_rate",
                reason);
        ignored.noteIf(sent.hasMaxEjectionTimeJitter(), FIELD + ".max_ejection_time_jitter", "there is no jitter");
    }
}
