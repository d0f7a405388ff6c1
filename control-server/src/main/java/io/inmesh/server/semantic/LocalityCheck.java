package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.LocalityPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** {@code localityLbSetting} and {@code zoneAwareLbSetting} of a traffic policy. */
final class LocalityCheck {
    private static final int WHOLE = 100;

    private LocalityCheck() {}

    /** Judges the load balancer of {@code policy}, one level of a DestinationRule. */
    static void check(Report report, Field policy) {
        Field loadBalancer = policy.get("loadBalancer");
        report.exclusive(loadBalancer, "localityLbSetting", "zoneAwareLbSetting");
        locality(report, loadBalancer.get("localityLbSetting"), policy.get("outlierDetection"));
        zoneAware(report, loadBalancer.get("zoneAwareLbSetting"));
    }

    private static void locality(Report report, Field setting, Field outlierDetection) {
        report.exclusive(setting, "distribute", "failover");
        report.exclusive(setting, "distribute", "failoverPriority");
        distribute(report, setting.get("distribute"));
        failover(report, setting.get("failover"));
        labels(report, setting.get("failoverPriority"));
        if (outlierDetection.present() || !setting.get("enabled").flag(true)) {
            return;
        }
        for (String field : List.of("failover", "failoverPriority")) {
            if (!setting.get(field).items().isEmpty()) {
                report.add(
                        Check.NO_EFFECT,
                        setting.get(field),
                        "has no effect without outlierDetection at the same level: nobody would be known to fail");
            }
        }
    }

    private static void zoneAware(Report report, Field setting) {
        if (setting.absent()) {
            return;
        }
        if (!setting.get("enabled").flag(false)) {
            report.add(Check.NO_EFFECT, setting, "has no effect unless enabled is true");
        }
        report.range(setting.get("minClusterSize"), 1, Integer.MAX_VALUE);
        failover(report, setting.get("failover"));
        labels(report, setting.get("failoverPriority"));
        for (Field label : setting.get("failoverPriority").items()) {
            if (LocalityPolicy.TOPOLOGY_LABELS.contains(nameOf(label))) {
                report.add(
                        Check.BAD_VALUE,
                        label,
                        "\"" + nameOf(label) + "\" is not allowed here: regions and zones are ordered anyway");
            }
        }
    }

    private static void distribute(Report report, Field distribute) {
        List<String> origins = new ArrayList<>();
        for (Field entry : distribute.items()) {
            if (report.required(entry.get("from"))) {
                pattern(report, entry.get("from"), entry.get("from").text(), origins);
            }
            Field to = entry.get("to");
            if (to.members().isEmpty()) {
                report.add(Check.REQUIRED, to, "is required");
                continue;
            }
            List<String> targets = new ArrayList<>();
            int sum = 0;
            for (var target : to.members().entrySet()) {
                pattern(report, target.getValue(), target.getKey(), targets);
                report.range(target.getValue(), 1, WHOLE);
                sum += target.getValue().integer(0);
            }
            if (sum != WHOLE) {
                report.add(Check.BAD_VALUE, to, "adds up to " + sum + ", not to 100");
            }
        }
    }

    /** Reports a pattern that cannot be read, or that means some places that one of {@code others} means too. */
    private static void pattern(Report report, Field field, String pattern, List<String> others) {
        String[] parts = pattern.split("/", -1);
        int star = -1;
        for (int i = 0; i < parts.length; i++) {
            boolean bad = parts[i].isEmpty() || (parts[i].contains("*") && !parts[i].equals("*"));
            if (bad || parts.length > 3 || (star >= 0 && !parts[i].equals("*"))) {
                report.add(
                        Check.BAD_VALUE,
                        field,
                        "\"" + pattern + "\" is no locality; write region/zone/subzone, stars only at the end");
                return;
            }
            star = parts[i].equals("*") && star < 0 ? i : star;
        }
        for (String other : others) {
            if (overlap(pattern, other)) {
                report.add(Check.EXCLUSIVE, field, "\"" + pattern + "\" overlaps with \"" + other + "\"");
            }
        }
        others.add(pattern);
    }

    private static boolean overlap(String one, String other) {
        String[] parts = one.split("/");
        String[] others = other.split("/");
        for (int i = 0; i < Math.min(parts.length, others.length); i++) {
            if (parts[i].equals("*") || others[i].equals("*")) {
                return true;
            }
            if (!parts[i].equals(others[i])) {
                return false;
            }
        }
        return true;
    }

    private static void failover(Report report, Field failover) {
        Set<String> origins = new HashSet<>();
        for (Field entry : failover.items()) {
            boolean both = report.required(entry.get("from")) & report.required(entry.get("to"));
            for (Field region : List.of(entry.get("from"), entry.get("to"))) {
                if (region.text().contains("/") || region.text().contains("*")) {
                    report.add(
                            Check.BAD_VALUE,
                            region,
                            "\"" + region.text() + "\" is no region: zones and stars are not allowed");
                }
            }
            if (both && entry.get("from").text().equals(entry.get("to").text())) {
                report.add(Check.BAD_VALUE, entry.get("to"), "is the same region as from");
            }
            if (!origins.add(entry.get("from").text())) {
                report.add(
                        Check.DUPLICATE,
                        entry.get("from"),
                        "region \"" + entry.get("from").text() + "\" fails over twice; the first entry holds");
            }
        }
    }

    private static void labels(Report report, Field priorities) {
        Set<String> names = new HashSet<>();
        for (Field label : priorities.items()) {
            if (nameOf(label).isEmpty()) {
                report.add(Check.BAD_VALUE, label, "names no label; write key or key=value");
            } else if (!names.add(nameOf(label))) {
                report.add(Check.DUPLICATE, label, "label \"" + nameOf(label) + "\" is named twice");
            }
        }
    }

    private static String nameOf(Field label) {
        int equals = label.text().indexOf('=');
        return equals < 0 ? label.text() : label.text().substring(0, equals);
    }
}
