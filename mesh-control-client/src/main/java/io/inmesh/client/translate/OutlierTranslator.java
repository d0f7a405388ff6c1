package io.inmesh.client.translate;

import com.google.protobuf.UInt32Value;
import io.inmesh.config.EnforcementConfig;
import io.inmesh.config.FailurePercentageConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.SuccessRateConfig;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.cluster.OutlierDetection;
import java.time.Duration;

/** Outlier detection, with Envoy's defaults where the control plane leaves something out. */
final class OutlierTranslator {

    private static final int ALWAYS = 100;
    private static final int CONSECUTIVE = 5;
    private static final int MAX_EJECTION_PERCENT = 10;
    private static final int PANIC_PERCENT = 50;
    private static final int LAST_RESORT_PERCENT = 1;

    private OutlierTranslator() {}

    static OutlierDetectionConfig translate(Cluster cluster) {
        boolean panic = cluster.getCommonLbConfig().hasHealthyPanicThreshold();
        int minHealthPercent = panic
                ? (int) Math.round(
                        cluster.getCommonLbConfig().getHealthyPanicThreshold().getValue())
                : PANIC_PERCENT;
        if (!cluster.hasOutlierDetection()) {
            return unreachable(panic ? minHealthPercent : LAST_RESORT_PERCENT);
        }
        OutlierDetection sent = cluster.getOutlierDetection();
        EnforcementConfig enforcement = new EnforcementConfig(
                percent(sent.hasEnforcingConsecutive5Xx(), sent.getEnforcingConsecutive5Xx(), ALWAYS),
                // The only one in a row that Envoy does not enforce unless asked to.
                percent(sent.hasEnforcingConsecutiveGatewayFailure(), sent.getEnforcingConsecutiveGatewayFailure(), 0),
                percent(
                        sent.hasEnforcingConsecutiveLocalOriginFailure(),
                        sent.getEnforcingConsecutiveLocalOriginFailure(),
                        ALWAYS));
        return new OutlierDetectionConfig(
                enforcement.consecutive5xx() > 0
                        ? number(sent.hasConsecutive5Xx(), sent.getConsecutive5Xx(), CONSECUTIVE)
                        : 0,
                enforcement.consecutiveGateway() > 0
                        ? number(sent.hasConsecutiveGatewayFailure(), sent.getConsecutiveGatewayFailure(), CONSECUTIVE)
                        : 0,
                sent.getSplitExternalLocalOriginErrors(),
                enforcement.consecutiveLocalOrigin() > 0
                        ? number(
                                sent.hasConsecutiveLocalOriginFailure(),
                                sent.getConsecutiveLocalOriginFailure(),
                                CONSECUTIVE)
                        : 0,
                sent.hasInterval() ? Values.duration(sent.getInterval()) : OutlierDetectionConfig.DEFAULT.interval(),
                sent.hasBaseEjectionTime()
                        ? Values.duration(sent.getBaseEjectionTime())
                        : OutlierDetectionConfig.DEFAULT.baseEjectionTime(),
                maxEjectionTime(sent),
                percent(sent.hasMaxEjectionPercent(), sent.getMaxEjectionPercent(), MAX_EJECTION_PERCENT),
                minHealthPercent,
                enforcement,
                successRate(sent),
                failurePercentage(sent),
                Values.duration(sent.getMaxEjectionTimeJitter()),
                MeshMetadata.of(cluster.getMetadata()).statusCodes("outlierDetectionHttpErrorCodes"));
    }

    private static SuccessRateConfig successRate(OutlierDetection sent) {
        SuccessRateConfig usual = SuccessRateConfig.DEFAULT;
        return new SuccessRateConfig(
                percent(sent.hasEnforcingSuccessRate(), sent.getEnforcingSuccessRate(), usual.enforcingPercent()),
                percent(
                        sent.hasEnforcingLocalOriginSuccessRate(),
                        sent.getEnforcingLocalOriginSuccessRate(),
                        usual.enforcingLocalOriginPercent()),
                number(sent.hasSuccessRateMinimumHosts(), sent.getSuccessRateMinimumHosts(), usual.minimumHosts()),
                number(sent.hasSuccessRateRequestVolume(), sent.getSuccessRateRequestVolume(), usual.requestVolume()),
                // Envoy writes it in thousandths.
                sent.hasSuccessRateStdevFactor()
                        ? Values.unsigned(sent.getSuccessRateStdevFactor()) / 1000.0
                        : usual.stdevFactor());
    }

    /** Envoy judges by failure percentage only if asked to. */
    private static FailurePercentageConfig failurePercentage(OutlierDetection sent) {
        FailurePercentageConfig usual = FailurePercentageConfig.OFF;
        return new FailurePercentageConfig(
                percent(
                        sent.hasEnforcingFailurePercentage(),
                        sent.getEnforcingFailurePercentage(),
                        usual.enforcingPercent()),
                percent(
                        sent.hasEnforcingFailurePercentageLocalOrigin(),
                        sent.getEnforcingFailurePercentageLocalOrigin(),
                        usual.enforcingLocalOriginPercent()),
                percent(sent.hasFailurePercentageThreshold(), sent.getFailurePercentageThreshold(), usual.threshold()),
                number(
                        sent.hasFailurePercentageMinimumHosts(),
                        sent.getFailurePercentageMinimumHosts(),
                        usual.minimumHosts()),
                number(
                        sent.hasFailurePercentageRequestVolume(),
                        sent.getFailurePercentageRequestVolume(),
                        usual.requestVolume()));
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

    private static int percent(boolean present, UInt32Value value, int otherwise) {
        return present ? (int) Math.min(100, Values.unsigned(value)) : otherwise;
    }

    private static int number(boolean present, UInt32Value value, int otherwise) {
        return present ? (int) Math.min(Integer.MAX_VALUE, Values.unsigned(value)) : otherwise;
    }
}
