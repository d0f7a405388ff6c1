package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.util.List;

/** {@code outlierDetection} of a BackendTrafficPolicy. */
final class EjectionRatesCheck {
    private EjectionRatesCheck() {}

    static void check(Report report, Field outlier) {
        for (Field rule : List.of(outlier.get("successRate"), outlier.get("failurePercentage"))) {
            report.notNegative(rule.get("minimumHosts"));
            report.notNegative(rule.get("requestVolume"));
            report.range(rule.get("enforcingPercent"), 0, 100);
        }
        report.range(outlier.get("successRate").get("stdevFactor"), 0, 1000);
        report.range(outlier.get("failurePercentage").get("threshold"), 0, 100);
        report.duration(outlier.get("maxEjectionTime"), false);
        report.duration(outlier.get("maxEjectionTimeJitter"), true);
    }
}
