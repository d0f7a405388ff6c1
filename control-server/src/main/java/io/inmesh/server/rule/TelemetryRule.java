package io.inmesh.server.rule;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is told about one side of a workload's calls, with everything merged.
 *
 * @param metrics what differs from the standard, by metric
 * @param sampling share of new traces to keep in percent, empty to leave that to the process
 * @param spans whether spans are made
 * @param tags attributes of spans by name: the entries of {@code customTags}
 * @param accessLog whether requests are logged, empty to leave that to the process
 * @param accessLogFilter which requests are logged, empty for all
 */
public record TelemetryRule(
        SortedMap<String, Metric> metrics,
        OptionalDouble sampling,
        boolean spans,
        Map<String, Field> tags,
        Optional<Boolean> accessLog,
        String accessLogFilter) {

    /** The end of a call that is told of. */
    public enum Side {
        /** Calls that leave. */
        CLIENT,
        /** Requests that come in. */
        SERVER
    }

    /**
     * What differs about one metric.
     *
     * @param disabled whether it is not kept
     * @param tags values of tags as CEL expressions; empty ones remove their tags
     */
    public record Metric(boolean disabled, SortedMap<String, String> tags) {
        static final Metric STANDARD = new Metric(false, new TreeMap<>());
    }

    /** The metrics that there are here. */
    public static final Set<String> METRICS = Set.of(
            "REQUEST_COUNT",
            "REQUEST_DURATION",
            "REQUEST_SIZE",
            "RESPONSE_SIZE",
            "GRPC_REQUEST_MESSAGES",
            "GRPC_RESPONSE_MESSAGES");

    /** What holds where no resource says anything. */
    static final TelemetryRule STANDARD =
            new TelemetryRule(new TreeMap<>(), OptionalDouble.empty(), true, Map.of(), Optional.empty(), "");

    private static final String ALL_METRICS = "ALL_METRICS";

    /** This, as the {@code spec} of a resource of a narrower scope changes it. */
    TelemetryRule with(Field spec, Side side) {
        TelemetryRule rule = this;
        for (Field entry : spec.get("metrics").items()) {
            for (Field override : entry.get("overrides").items()) {
                rule = meets(override.get("match"), side) ? rule.withMetric(override) : rule;
            }
        }
        for (Field entry : spec.get("tracing").items()) {
            rule = meets(entry.get("match"), side) ? rule.withTracing(entry) : rule;
        }
        for (Field entry : spec.get("accessLogging").items()) {
            rule = meets(entry.get("match"), side) ? rule.withAccessLog(entry) : rule;
        }
        return rule;
    }

    private static boolean meets(Field match, Side side) {
        String mode = match.get("mode").text("CLIENT_AND_SERVER");
        return mode.equals("CLIENT_AND_SERVER") || mode.equals(side.name());
    }

    private TelemetryRule withMetric(Field override) {
        String named = override.get("match").get("metric").text(ALL_METRICS);
        if (override.get("match").get("customMetric").present()) {
            return this;
        }
        SortedMap<String, Metric> changed = new TreeMap<>(metrics);
        for (String metric : METRICS) {
            if (named.equals(ALL_METRICS) || named.equals(metric)) {
                changed.put(metric, changed(changed.getOrDefault(metric, Metric.STANDARD), override));
            }
        }
        return new TelemetryRule(changed, sampling, spans, tags, accessLog, accessLogFilter);
    }

    private static Metric changed(Metric before, Field override) {
        SortedMap<String, String> tags = new TreeMap<>(before.tags());
        override.get("tagOverrides").members().forEach((name, tag) -> {
            boolean remove = tag.get("operation").text().equals("REMOVE");
            tags.put(name, remove ? "" : tag.get("value").text());
        });
        return new Metric(override.get("disabled").flag(before.disabled()), tags);
    }

    private TelemetryRule withTracing(Field entry) {
        OptionalDouble share = entry.get("randomSamplingPercentage").decimal();
        Map<String, Field> own = entry.get("customTags").members();
        return new TelemetryRule(
                metrics,
                share.isPresent() ? share : sampling,
                !entry.get("disableSpanReporting").flag(!spans),
                own.isEmpty() ? tags : own,
                accessLog,
                accessLogFilter);
    }

    private TelemetryRule withAccessLog(Field entry) {
        String filter = entry.get("filter").get("expression").text();
        boolean off = entry.get("disabled").flag(false);
        return new TelemetryRule(
                metrics, sampling, spans, tags, Optional.of(!off), filter.isEmpty() ? accessLogFilter : filter);
    }

    /** The text of a CEL expression that is nothing but text in quotes; empty if it is anything else. */
    public static Optional<String> literal(String expression) {
        String text = expression.strip();
        if (text.length() < 2) {
            return Optional.empty();
        }
        char quote = text.charAt(0);
        String inner = text.substring(1, text.length() - 1);
        boolean plain = (quote == '"' || quote == '\'')
                && text.charAt(text.length() - 1) == quote
                && inner.indexOf(quote) < 0
                && inner.indexOf('\\') < 0;
        return plain ? Optional.of(inner) : Optional.empty();
    }

    /** Names of standard tags and others may have these forms only, since Prometheus takes no others. */
    public static boolean tagName(String name) {
        return name.matches("[a-zA-Z_][a-zA-Z0-9_]{0,62}")
                && !List.of("le", "reporter").contains(name);
    }
}
