package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.util.List;
import java.util.regex.Pattern;

/** {@code headers} of a route or a destination. */
final class HeaderCheck {
    /** What Envoy would fill in; a percent sign that is meant is written twice. */
    private static final Pattern VARIABLE = Pattern.compile("%[A-Z_]+(\\([^)]*\\))?(:[0-9]+)?%");

    private HeaderCheck() {}

    static void check(Report report, Field headers) {
        hosts(report, headers.get("request"));
        for (String direction : List.of("request", "response")) {
            Field operations = headers.get(direction);
            for (String operation : List.of("set", "add")) {
                operations.get(operation).members().forEach((name, value) -> {
                    if (host(name)) {
                        HttpTextCheck.authority(report, value);
                    } else if (!special(name)) {
                        HttpTextCheck.edited(report, value, name);
                        HttpTextCheck.value(report, value);
                    }
                    if (VARIABLE.matcher(value.text().replace("%%", "")).find()) {
                        report.add(
                                Check.NO_EFFECT,
                                value,
                                "has no effect in Inmesh's own clients: they send variables as they are written");
                    }
                    if (special(name) && (direction.equals("response") || !host(name))) {
                        report.add(Check.NO_EFFECT, value, "has no effect: \"" + name + "\" cannot be changed");
                    }
                });
            }
            for (Field name : operations.get("remove").items()) {
                if (special(name.text())) {
                    report.add(Check.NO_EFFECT, name, "has no effect: \"" + name.text() + "\" cannot be removed");
                } else {
                    HttpTextCheck.edited(report, name, name.text());
                }
            }
        }
    }

    private static void hosts(Report report, Field operations) {
        long hosts = List.of("set", "add").stream()
                .flatMap(name -> operations.get(name).members().keySet().stream())
                .filter(HeaderCheck::host)
                .count();
        if (hosts > 1) {
            report.add(Check.DUPLICATE, operations, "sets the host more than once");
        }
    }

    private static boolean host(String name) {
        return name.equalsIgnoreCase("host") || name.equals(":authority");
    }

    private static boolean special(String name) {
        return name.startsWith(":") || name.equalsIgnoreCase("host");
    }
}
