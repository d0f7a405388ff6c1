package io.inmesh.cluster;

import io.inmesh.config.Durations;
import io.inmesh.config.FieldProblems;
import io.inmesh.config.HealthCheckConfig;
import io.inmesh.config.HealthCheckConfig.Http;

/** Finds what is wrong with how endpoints are to be checked. */
final class HealthCheckCheck {

    private HealthCheckCheck() {}

    static void check(HealthCheckConfig check, FieldProblems problems) {
        Durations.checkPositive("timeout", check.timeout(), problems);
        Durations.checkPositive("interval", check.interval(), problems);
        Durations.checkPositive("unhealthyInterval", check.unhealthyInterval(), problems);
        if (check.noTrafficInterval() != null) {
            Durations.checkPositive("noTrafficInterval", check.noTrafficInterval(), problems);
        }
        if (check.intervalJitter().isNegative()) {
            problems.report("jitter", "is " + check.intervalJitter(), "use 0s for none");
        }
        threshold("unhealthyThreshold", check.unhealthyThreshold(), problems);
        threshold("healthyThreshold", check.healthyThreshold(), problems);
        if (check.protocol() instanceof Http http && !http.path().startsWith("/")) {
            problems.report("http.path", "is \"" + http.path() + "\"", "begin it with a slash");
        }
    }

    private static void threshold(String field, int threshold, FieldProblems problems) {
        if (threshold < 1) {
            problems.report(field, "is " + threshold, "use at least 1");
        }
    }
}
