package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.VirtualServiceRule;
import java.util.List;
import java.util.Map;

/** {@code HTTPMatchRequest}. */
final class MatchCheck {
    private MatchCheck() {}

    static void check(Report report, Field match) {
        stringMatch(report, match.get("uri"), true);
        if (match.get("uri").get("exact").present()
                && match.get("uri").get("exact").text().isEmpty()) {
            report.add(Check.BAD_VALUE, match.get("uri").get("exact"), "is empty, and no path is");
        }
        for (String pseudo : List.of("scheme", "method", "authority")) {
            stringMatch(report, match.get(pseudo), false);
        }
        for (String keyed : List.of("headers", "withoutHeaders", "queryParams")) {
            for (Map.Entry<String, Field> entry : match.get(keyed).members().entrySet()) {
                if (entry.getKey().isEmpty()) {
                    report.add(Check.BAD_VALUE, match.get(keyed), "has an empty name");
                } else if (entry.getKey().startsWith("@request.auth.")) {
                    report.add(
                            Check.NO_EFFECT,
                            entry.getValue(),
                            "JWT claims are not known when a call is routed: this never matches");
                }
                stringMatch(report, entry.getValue(), keyed.equals("queryParams"));
            }
        }
        report.port(match.get("port"));
        ignored(report, match);
    }

    private static void ignored(Report report, Field match) {
        for (String name : List.of("uri", "scheme", "method", "authority")) {
            if (match.get("headers").get(name).present()) {
                report.add(
                        Check.NO_EFFECT,
                        match.get("headers").get(name),
                        "has no effect: use the field " + name + " of the match");
            }
        }
        if (match.get("ignoreUriCase").flag(false)
                && match.get("uri").get("regex").present()) {
            report.add(Check.NO_EFFECT, match.get("ignoreUriCase"), "has no effect on a regex; begin it with (?i)");
        }
        Field gateways = match.get("gateways");
        if (gateways.items().isEmpty()) {
            return;
        }
        if (!VirtualServiceRule.appliesToMesh(gateways)) {
            report.add(Check.GATEWAY_ONLY, gateways, "applies to gateways only; inside the mesh this never matches");
        }
        for (String source : List.of("sourceLabels", "sourceNamespace")) {
            if (match.get(source).present()) {
                report.add(
                        Check.NO_EFFECT,
                        match.get(source),
                        "has no effect: a match that names gateways takes any source");
            }
        }
    }

    /** Whether every request takes this route, whoever sends it. */
    static boolean catchesAll(Field http) {
        List<Field> matches = http.get("match").items();
        return matches.isEmpty()
                || matches.stream()
                        .anyMatch(match -> match.members().keySet().stream().allMatch("name"::equals)
                                || (match.members().keySet().stream().allMatch(k -> k.equals("name") || k.equals("uri"))
                                        && match.get("uri").get("prefix").text().equals("/")));
    }

    private static void stringMatch(Report report, Field match, boolean emptyPrefixAllowed) {
        report.exclusive(match, "exact", "prefix", "regex");
        if (match.get("prefix").present() && match.get("prefix").text().isEmpty() && !emptyPrefixAllowed) {
            report.add(Check.BAD_VALUE, match.get("prefix"), "is empty; use {} to ask only for presence");
        }
        if (!match.get("regex").text().equals("*")) {
            report.regex(match.get("regex"));
        }
    }
}
