package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.RateLimitRule;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The rate limits of an InboundTrafficPolicy. */
final class RateLimitCheck {
    private static final int MOST_TOKENS = 1_000_000_000;
    private static final int MOST_VALUES = 1_000_000;
    private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

    /** Envoy refuses shorter ones. */
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(50);

    private static final Duration LONGEST_INTERVAL = Duration.ofDays(365);

    private RateLimitCheck() {}

    static void check(Report report, Field limits) {
        Set<String> names = new HashSet<>();
        List<RateLimitRule> rules = RateLimitRule.of(Field.spec(report.resource()));
        List<Field> entries = limits.items();
        for (int i = 0; i < entries.size(); i++) {
            Field limit = entries.get(i);
            if (!names.add(rules.get(i).name())) {
                report.add(
                        Check.DUPLICATE,
                        limit.get("name"),
                        "\"" + rules.get(i).name() + "\" is the name of another rate limit here");
            }
            if (limit.get("name").present() && limit.get("name").text().isEmpty()) {
                report.add(Check.BAD_VALUE, limit.get("name"), "is empty");
            }
            tokens(report, limit.get("tokens"));
            tokens(report, limit.get("burst"));
            interval(report, limit.get("fillInterval"));
            match(report, limit.get("match"));
            per(report, limit.get("per"));
        }
    }

    private static void tokens(Report report, Field tokens) {
        report.range(tokens, 1, MOST_TOKENS);
        if (tokens.node().isNumber() && tokens.decimal().orElse(0) % 1 != 0) {
            report.add(Check.BAD_VALUE, tokens, "is not a whole number");
        }
    }

    private static void interval(Report report, Field interval) {
        Optional<Duration> value = interval.duration();
        if (interval.present()
                && (value.isEmpty()
                        || value.get().compareTo(SHORTEST_INTERVAL) < 0
                        || value.get().compareTo(LONGEST_INTERVAL) > 0)) {
            report.add(
                    Check.BAD_VALUE,
                    interval,
                    "\"" + interval.text() + "\" is no duration from 50ms (Envoy's shortest) to a year");
        }
    }

    private static void match(Report report, Field match) {
        if (match.present() && match.members().isEmpty()) {
            report.add(Check.BAD_VALUE, match, "is empty; leave it out to mean every request");
        }
        Field path = match.get("path");
        if (path.present()) {
            text(report, path);
            for (String kind : List.of("exact", "prefix")) {
                if (path.get(kind).present() && !path.get(kind).text().startsWith("/")) {
                    report.add(
                            Check.BAD_VALUE,
                            path.get(kind),
                            "\"" + path.get(kind).text() + "\" begins with no slash");
                }
            }
        }
        for (Field method : match.get("methods").items()) {
            if (!method.text().matches(TOKEN)) {
                report.add(Check.BAD_VALUE, method, "\"" + method.text() + "\" is no HTTP method");
            }
        }
        if (match.get("methods").present() && match.get("methods").items().isEmpty()) {
            report.add(Check.BAD_VALUE, match.get("methods"), "is empty; leave it out to mean every method");
        }
        match.get("headers").members().forEach((name, value) -> {
            header(report, value, name);
            if (!value.members().isEmpty()) {
                text(report, value);
            }
        });
    }

    /** Exactly one of the ways to compare. */
    private static void text(Report report, Field text) {
        if (text.members().size() != 1) {
            report.add(
                    Check.EXCLUSIVE,
                    text,
                    "has " + text.members().size() + " of exact, prefix and regex, and needs one");
        }
        report.regex(text.get("regex"));
    }

    private static void per(Report report, Field per) {
        if (per.absent()) {
            return;
        }
        boolean principal = per.get("sourcePrincipal").flag(false);
        if (per.get("header").present() == principal) {
            report.add(Check.EXCLUSIVE, per, "needs either header or sourcePrincipal: true");
        }
        if (per.get("header").present()) {
            header(report, per.get("header"), per.get("header").text());
        }
        report.range(per.get("maxValues"), 1, MOST_VALUES);
    }

    private static void header(Report report, Field field, String name) {
        if (!name.matches(TOKEN)) {
            report.add(Check.BAD_VALUE, field, "\"" + name + "\" is no header name");
        }
    }
}
