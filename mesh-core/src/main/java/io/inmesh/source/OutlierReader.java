package io.inmesh.source;

import io.inmesh.config.EnforcementConfig;
import io.inmesh.config.FailurePercentageConfig;
import io.inmesh.config.OutlierDetectionConfig;
import io.inmesh.config.SuccessRateConfig;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads {@code outlierDetection}. */
final class OutlierReader {

    private OutlierReader() {}

    /** Whoever writes the section wants ejection, so what it leaves out is as Istio has it. */
    static OutlierDetectionConfig read(Section outliers) {
        OutlierDetectionConfig usual = OutlierDetectionConfig.DEFAULT;
        return new OutlierDetectionConfig(
                outliers.integer("consecutive5xx", usual.consecutive5xx()),
                outliers.integer("consecutiveGateway", usual.consecutiveGateway()),
                outliers.flag("splitLocalOrigin", usual.splitLocalOrigin()),
                outliers.integer("consecutiveLocalOrigin", usual.consecutiveLocalOrigin()),
                outliers.duration("interval", usual.interval()),
                outliers.duration("baseEjectionTime", usual.baseEjectionTime()),
                outliers.duration("maxEjectionTime", usual.maxEjectionTime()),
                outliers.integer("maxEjectionPercent", usual.maxEjectionPercent()),
                outliers.integer("minHealthPercent", usual.minHealthPercent()),
                EnforcementConfig.ALWAYS,
                outliers.section("successRate", OutlierReader::successRate, usual.successRate()),
                outliers.section("failurePercentage", OutlierReader::failurePercentage, usual.failurePercentage()),
                outliers.duration("maxEjectionJitter", usual.maxEjectionJitter()),
                codes(outliers.list("errorCodes")));
    }

    private static SuccessRateConfig successRate(Section rate) {
        SuccessRateConfig usual = SuccessRateConfig.DEFAULT;
        return new SuccessRateConfig(
                rate.integer("enforcingPercent", usual.enforcingPercent()),
                rate.integer("enforcingLocalOriginPercent", usual.enforcingLocalOriginPercent()),
                rate.integer("minimumHosts", usual.minimumHosts()),
                rate.integer("requestVolume", usual.requestVolume()),
                rate.get("stdevFactor", Value::decimal, usual.stdevFactor()));
    }

    private static FailurePercentageConfig failurePercentage(Section failures) {
        FailurePercentageConfig usual = FailurePercentageConfig.DEFAULT;
        return new FailurePercentageConfig(
                failures.integer("enforcingPercent", usual.enforcingPercent()),
                failures.integer("enforcingLocalOriginPercent", usual.enforcingLocalOriginPercent()),
                failures.integer("threshold", usual.threshold()),
                failures.integer("minimumHosts", usual.minimumHosts()),
                failures.integer("requestVolume", usual.requestVolume()));
    }

    private static Set<Integer> codes(List<Value> values) {
        Set<Integer> codes = new HashSet<>();
        for (Value value : values) {
            Long code = value.whole();
            if (code != null && code >= 100 && code <= 599) {
                codes.add(code.intValue());
            } else if (code != null) {
                value.report("is " + code, "write HTTP status codes from 100 to 599");
            }
        }
        return codes;
    }
}
