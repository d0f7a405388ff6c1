package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.model.SecretHeaders;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.LabelSelector;
import io.inmesh.server.rule.Telemetries;
import io.inmesh.server.rule.TelemetryRule;
import io.inmesh.xds.cel.Condition;
import java.util.List;
import java.util.Set;

/** Telemetry resources: what cannot be told is refused or reported, and others for the same workloads are named. */
final class TelemetryCheck {
    private static final Set<String> TRACE_PROVIDERS =
            Set.of("otel", "opentelemetry", "otel-tracing", "jaeger", "zipkin");
    private static final Set<String> LOG_PROVIDERS = Set.of("envoy", "stdout");
    private static final Set<String> METRIC_PROVIDERS = Set.of("prometheus");
    private static final List<String> TAG_SOURCES = List.of("literal", "environment", "header", "formatter");

    private TelemetryCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        scope(report, mesh, spec);
        for (Field tracing : spec.get("tracing").items()) {
            providers(
                    report, tracing, TRACE_PROVIDERS, "spans go where the OpenTelemetry SDK of the process sends them");
            report.range(tracing.get("randomSamplingPercentage"), 0, 100);
            tracing.get("customTags").members().forEach((name, tag) -> customTag(report, tag));
        }
        for (Field metrics : spec.get("metrics").items()) {
            providers(report, metrics, METRIC_PROVIDERS, "metrics are kept in the Micrometer registry of the process");
            metrics.get("overrides").items().forEach(override -> override(report, override));
        }
        for (Field logging : spec.get("accessLogging").items()) {
            providers(report, logging, LOG_PROVIDERS, "lines go to the logger inmesh.access of the process");
            filter(report, logging.get("filter").get("expression"));
        }
    }

    private static void scope(Report report, Mesh mesh, Field spec) {
        Resource mine = report.resource();
        for (String target : List.of("targetRef", "targetRefs")) {
            if (spec.get(target).present()) {
                report.add(
                        Check.NO_EFFECT,
                        spec.get(target),
                        "names a gateway or waypoint, which Inmesh has none of, so the resource has no effect");
            }
        }
        LabelSelector selector = Telemetries.selector(mine);
        if (!selector.selectsAll()
                && mine.key().namespace().equals(mesh.settings().rootNamespace())) {
            report.add(
                    Check.SELECTOR_IGNORED,
                    spec.get("selector"),
                    "a selector in the root namespace is ignored, so the resource has no effect");
            return;
        }
        if (!Telemetries.targeted(mine)) {
            Competitors.tell(report, mesh, selector, other -> !Telemetries.targeted(other));
        }
    }

    private static void providers(Report report, Field entry, Set<String> usual, String instead) {
        for (Field provider : entry.get("providers").items()) {
            if (!usual.contains(provider.get("name").text())) {
                report.add(
                        Check.NO_EFFECT,
                        provider.get("name"),
                        "chooses nothing: \"" + provider.get("name").text() + "\" is not known, and " + instead);
            }
        }
    }

    private static void customTag(Report report, Field tag) {
        long sources =
                TAG_SOURCES.stream().filter(source -> tag.get(source).present()).count();
        if (sources != 1) {
            report.add(Check.EXCLUSIVE, tag, "needs exactly one of " + String.join(", ", TAG_SOURCES));
        }
        if (tag.get("formatter").present()) {
            report.add(
                    Check.BAD_VALUE,
                    tag.get("formatter"),
                    "command operators are not evaluated; use literal, environment or header");
        }
        Field header = tag.get("header").get("name");
        if (SecretHeaders.contains(header.text())) {
            report.add(
                    Check.BAD_VALUE,
                    header,
                    "\"" + header.text()
                            + "\" holds secrets, which spans would carry to wherever they are sent; leave it out");
        }
    }

    private static void override(Report report, Field override) {
        Field match = override.get("match");
        String metric = match.get("metric").text("ALL_METRICS");
        if (!metric.equals("ALL_METRICS") && !TelemetryRule.METRICS.contains(metric)) {
            report.add(Check.NO_EFFECT, match.get("metric"), "has no effect: " + metric + " is not kept here");
        }
        if (match.get("customMetric").present()) {
            report.add(
                    Check.NO_EFFECT,
                    match.get("customMetric"),
                    "has no effect: only Istio's standard metrics can be overridden");
        }
        override.get("tagOverrides").members().forEach((name, tag) -> {
            if (!TelemetryRule.tagName(name)) {
                report.add(Check.BAD_VALUE, tag, "\"" + name + "\" cannot be a tag: letters, digits and _, 63 at most");
            }
            boolean remove = tag.get("operation").text().equals("REMOVE");
            if (!remove && TelemetryRule.literal(tag.get("value").text()).isEmpty()) {
                report.add(
                        Check.BAD_VALUE,
                        tag.get("value"),
                        "\"" + tag.get("value").text() + "\" is beyond what tags can be: text in quotes, such as"
                                + " \"'books'\"; attributes of requests would make series without bound");
            }
        });
    }

    private static void filter(Report report, Field expression) {
        if (expression.text().isEmpty()) {
            return;
        }
        try {
            Condition.parse(expression.text());
        } catch (IllegalArgumentException e) {
            report.add(Check.BAD_VALUE, expression, "\"" + expression.text() + "\" " + e.getMessage());
        }
    }
}
