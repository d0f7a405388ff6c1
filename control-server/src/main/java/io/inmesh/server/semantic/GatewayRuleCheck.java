package io.inmesh.server.semantic;

import io.inmesh.server.gateway.RouteKind;
import io.inmesh.server.rule.Field;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** One rule of an HTTPRoute or GRPCRoute. Source: the CEL rules and patterns of the kinds' CRDs. */
final class GatewayRuleCheck {
    private static final int LONGEST_PATH = 1024;
    private static final int LONGEST_HEADER = 4096;
    private static final int LONGEST_PARAMETER = 1024;
    private static final Pattern PATH = Pattern.compile("(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+");
    private static final Pattern GRPC_SERVICE =
            Pattern.compile("\\.?[a-z_][a-z_0-9]*(\\.[a-z_][a-z_0-9]*)*", Pattern.CASE_INSENSITIVE);
    private static final Pattern GRPC_METHOD = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*");
    private static final List<String> NOT_IN_PATHS = List.of("//", "/./", "/../", "%2f", "%2F", "#");

    private GatewayRuleCheck() {}

    static void check(Report report, Field rule, RouteKind kind) {
        for (Field match : rule.get("matches").items()) {
            if (kind == RouteKind.HTTP) {
                path(report, match.get("path"));
                values(report, match.get("queryParams"), LONGEST_PARAMETER);
            } else {
                method(report, match.get("method"));
            }
            values(report, match.get("headers"), LONGEST_HEADER);
        }
        GatewayFilterCheck.check(report, rule.get("filters"));
        GatewayFields.most(report, rule.get("backendRefs"), GatewayFields.MOST_ENTRIES);
        for (Field ref : rule.get("backendRefs").items()) {
            GatewayFilterCheck.backend(report, ref);
            GatewayFilterCheck.check(report, ref.get("filters"));
        }
        if (kind == RouteKind.HTTP) {
            redirects(report, rule);
            prefixes(report, rule);
            timeouts(report, rule);
        }
    }

    private static void path(Report report, Field path) {
        Field value = path.get("value");
        String text = value.text("/");
        if (text.length() > LONGEST_PATH) {
            report.add(Check.BAD_VALUE, value, "is longer than " + LONGEST_PATH + " characters");
        }
        if (path.get("type").text().equals("RegularExpression")) {
            report.regex(value);
            return;
        }
        if (!text.startsWith("/")) {
            report.add(Check.BAD_VALUE, value, "\"" + text + "\" does not begin with a slash");
            return;
        }
        NOT_IN_PATHS.stream()
                .filter(text::contains)
                .findFirst()
                .ifPresent(part -> report.add(Check.BAD_VALUE, value, "\"" + text + "\" contains \"" + part + "\""));
        if (text.endsWith("/..") || text.endsWith("/.")) {
            report.add(Check.BAD_VALUE, value, "\"" + text + "\" ends with a dot segment");
        }
        if (!PATH.matcher(text).matches() && !text.contains("#")) {
            report.add(Check.BAD_VALUE, value, "\"" + text + "\" has characters that are not allowed in a path");
        }
    }

    private static void method(Report report, Field method) {
        Field service = method.get("service");
        Field name = method.get("method");
        if (method.absent()) {
            return;
        }
        if (service.text().isEmpty() && name.text().isEmpty()) {
            report.add(Check.REQUIRED, method, "needs one of service and method");
        }
        if (method.get("type").text().equals("RegularExpression")) {
            report.regex(service);
            report.regex(name);
            return;
        }
        form(report, service, GRPC_SERVICE, "the name of a gRPC service");
        form(report, name, GRPC_METHOD, "the name of a gRPC method");
    }

    private static void form(Report report, Field field, Pattern pattern, String what) {
        if (!field.text().isEmpty() && !pattern.matcher(field.text()).matches()) {
            report.add(Check.BAD_VALUE, field, "\"" + field.text() + "\" is not " + what);
        }
    }

    private static void values(Report report, Field conditions, int longest) {
        GatewayFields.most(report, conditions, GatewayFields.MOST_ENTRIES);
        Set<String> seen = new HashSet<>();
        for (Field condition : conditions.items()) {
            GatewayFields.token(report, condition.get("name"));
            GatewayFields.once(report, condition.get("name"), seen);
            GatewayFields.length(report, condition.get("value"), longest);
            if (condition.get("type").text().equals("RegularExpression")) {
                report.regex(condition.get("value"));
            }
        }
    }

    private static void redirects(Report report, Field rule) {
        boolean redirects = rule.get("filters").items().stream()
                .anyMatch(filter -> filter.get("requestRedirect").present());
        if (redirects && !rule.get("backendRefs").items().isEmpty()) {
            report.add(Check.EXCLUSIVE, rule, "a RequestRedirect filter and backendRefs exclude each other");
        }
    }

    /** A prefix can only be replaced where there is exactly one. */
    private static void prefixes(Report report, Field rule) {
        List<Field> matches = rule.get("matches").items();
        boolean onePrefix = matches.isEmpty()
                || (matches.size() == 1
                        && matches.get(0)
                                .get("path")
                                .get("type")
                                .text("PathPrefix")
                                .equals("PathPrefix"));
        if (onePrefix) {
            return;
        }
        GatewayFilterCheck.everywhere(rule).stream()
                .flatMap(filter -> List.of(filter.get("requestRedirect"), filter.get("urlRewrite")).stream())
                .map(filter -> filter.get("path").get("replacePrefixMatch"))
                .filter(Field::present)
                .forEach(replaced ->
                        report.add(Check.EXCLUSIVE, replaced, "needs exactly one match, by a path of type PathPrefix"));
    }

    private static void timeouts(Report report, Field rule) {
        Field whole = rule.get("timeouts").get("request");
        Field perTry = rule.get("timeouts").get("backendRequest");
        GatewayFields.duration(report, whole);
        GatewayFields.duration(report, perTry);
        Optional<Duration> limit = whole.duration().filter(d -> !d.isZero());
        if (limit.isPresent()
                && perTry.duration().filter(d -> d.compareTo(limit.get()) > 0).isPresent()) {
            report.add(
                    Check.BAD_VALUE,
                    perTry,
                    "\"" + perTry.text() + "\" is longer than timeouts.request, \"" + whole.text() + "\"");
        }
        Field retry = rule.get("retry");
        GatewayFields.duration(report, retry.get("backoff"));
        if (retry.get("backoff").duration().filter(Duration::isZero).isPresent()) {
            report.add(Check.BAD_VALUE, retry.get("backoff"), "must be longer than nothing");
        }
    }
}
