package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Filters and references of HTTPRoutes and GRPCRoutes. Source: the CEL rules and patterns of the kinds' CRDs. */
final class GatewayFilterCheck {
    private static final int LONGEST_VALUE = 4096;
    private static final int LONGEST_PATH = 1024;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final Set<String> REPEATABLE = Set.of("RequestMirror", "ExtensionRef");

    /** The field that goes with each type. */
    private static final Map<String, String> FIELDS = Map.of(
            "RequestHeaderModifier", "requestHeaderModifier",
            "ResponseHeaderModifier", "responseHeaderModifier",
            "RequestMirror", "requestMirror",
            "RequestRedirect", "requestRedirect",
            "URLRewrite", "urlRewrite",
            "CORS", "cors",
            "ExternalAuth", "externalAuth",
            "ExtensionRef", "extensionRef");

    private GatewayFilterCheck() {}

    /** The filters of a rule and of its backends. */
    static List<Field> everywhere(Field rule) {
        List<Field> filters = new ArrayList<>(rule.get("filters").items());
        rule.get("backendRefs")
                .items()
                .forEach(ref -> filters.addAll(ref.get("filters").items()));
        return filters;
    }

    static void check(Report report, Field filters) {
        GatewayFields.most(report, filters, GatewayFields.MOST_ENTRIES);
        Set<String> types = new HashSet<>();
        for (Field filter : filters.items()) {
            String type = filter.get("type").text();
            if (!types.add(type) && !REPEATABLE.contains(type)) {
                report.add(Check.DUPLICATE, filter, "there is a " + type + " filter already");
            }
            FIELDS.forEach((other, name) -> {
                if (other.equals(type) && filter.get(name).absent()) {
                    report.add(Check.REQUIRED, filter.get(name), "is required by type " + type);
                } else if (!other.equals(type) && filter.get(name).present()) {
                    report.add(Check.EXCLUSIVE, filter.get(name), "does not go with type " + type);
                }
            });
            headers(report, filter.get("requestHeaderModifier"));
            headers(report, filter.get("responseHeaderModifier"));
            mirror(report, filter.get("requestMirror"));
            redirect(report, filter.get("requestRedirect"));
            path(report, filter.get("urlRewrite").get("path"));
            GatewayFields.hostname(report, filter.get("urlRewrite").get("hostname"), false);
        }
        if (types.contains("RequestRedirect") && types.contains("URLRewrite")) {
            report.add(Check.EXCLUSIVE, filters, "RequestRedirect and URLRewrite exclude each other");
        }
    }

    /** A reference to a backend; a Service needs a port. */
    static void backend(Report report, Field ref) {
        GatewayFields.reference(report, ref);
        boolean service = ref.get("group").text().isEmpty()
                && ref.get("kind").text("Service").equals("Service");
        if (service && ref.get("port").absent()) {
            report.add(Check.REQUIRED, ref.get("port"), "is required to refer to a Service");
        }
    }

    private static void headers(Report report, Field modifier) {
        for (String operation : List.of("set", "add")) {
            GatewayFields.most(report, modifier.get(operation), GatewayFields.MOST_ENTRIES);
            Set<String> seen = new HashSet<>();
            for (Field entry : modifier.get(operation).items()) {
                HttpTextCheck.edited(
                        report, entry.get("name"), entry.get("name").text());
                GatewayFields.once(report, entry.get("name"), seen);
                GatewayFields.length(report, entry.get("value"), LONGEST_VALUE);
                HttpTextCheck.value(report, entry.get("value"));
            }
        }
        GatewayFields.most(report, modifier.get("remove"), GatewayFields.MOST_ENTRIES);
        Set<String> seen = new HashSet<>();
        for (Field name : modifier.get("remove").items()) {
            HttpTextCheck.edited(report, name, name.text());
            GatewayFields.once(report, name, seen);
        }
    }

    private static void mirror(Report report, Field mirror) {
        if (mirror.absent()) {
            return;
        }
        backend(report, mirror.get("backendRef"));
        report.exclusive(mirror, "percent", "fraction");
        Field fraction = mirror.get("fraction");
        int denominator = fraction.get("denominator").integer(100);
        if (fraction.get("numerator").integer(0) > denominator) {
            report.add(Check.BAD_VALUE, fraction.get("numerator"), "is greater than the denominator, " + denominator);
        }
    }

    private static void redirect(Report report, Field redirect) {
        redirect.get("statusCode").integer().ifPresent(code -> {
            if (!REDIRECTS.contains(code)) {
                report.add(Check.BAD_VALUE, redirect.get("statusCode"), code + " is none of 301, 302, 303, 307, 308");
            }
        });
        GatewayFields.hostname(report, redirect.get("hostname"), false);
        path(report, redirect.get("path"));
        for (String name : List.of("replaceFullPath", "replacePrefixMatch")) {
            HttpTextCheck.partOfLocation(report, redirect.get("path").get(name));
        }
    }

    private static void path(Report report, Field path) {
        Map<String, String> fields =
                Map.of("ReplaceFullPath", "replaceFullPath", "ReplacePrefixMatch", "replacePrefixMatch");
        if (path.absent()) {
            return;
        }
        String type = path.get("type").text();
        fields.forEach((other, name) -> {
            Field value = path.get(name);
            if (other.equals(type) && value.absent()) {
                report.add(Check.REQUIRED, value, "is required by type " + type);
            } else if (!other.equals(type) && value.present()) {
                report.add(Check.EXCLUSIVE, value, "does not go with type " + type);
            }
            if (value.text().length() > LONGEST_PATH) {
                report.add(Check.BAD_VALUE, value, "is longer than " + LONGEST_PATH + " characters");
            }
        });
    }
}
