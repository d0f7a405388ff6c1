package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.util.List;

/** {@code healthChecks} of a BackendTrafficPolicy. */
final class HealthChecksCheck {
    private HealthChecksCheck() {}

    static void check(Report report, Field checks) {
        List<Field> all = checks.items();
        if (all.size() > 1) {
            report.add(Check.EXCLUSIVE, all.get(1), "is a second check; endpoints are asked in one way, as in Envoy");
        }
        all.forEach(check -> one(report, check));
    }

    private static void one(Report report, Field check) {
        report.exclusive(check, "http", "grpc", "tcp");
        if (check.get("http").absent()
                && check.get("grpc").absent()
                && check.get("tcp").absent()) {
            report.add(Check.REQUIRED, check, "needs one of http, grpc and tcp");
        }
        for (String duration : List.of("interval", "timeout", "unhealthyInterval", "noTrafficInterval")) {
            report.duration(check.get(duration), false);
        }
        report.duration(check.get("jitter"), true);
        report.range(check.get("unhealthyThreshold"), 1, 1000);
        report.range(check.get("healthyThreshold"), 1, 1000);
        Field path = check.get("http").get("path");
        if (path.present() && !path.text().startsWith("/")) {
            report.add(Check.BAD_VALUE, path, "\"" + path.text() + "\" does not begin with a slash");
        }
        for (Field status : check.get("http").get("expectedStatuses").items()) {
            report.range(status, 100, 599);
        }
    }
}
