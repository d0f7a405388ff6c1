package io.inmesh.server.translate;

import com.google.protobuf.Any;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.TelemetryRule;
import io.inmesh.server.rule.TelemetryRule.Metric;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpConnectionManager.Tracing;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.telemetry.accesslog.AccessLog;
import io.inmesh.xds.telemetry.accesslog.AccessLogFilter;
import io.inmesh.xds.telemetry.accesslog.ExtensionFilter;
import io.inmesh.xds.telemetry.cel.ExpressionFilter;
import io.inmesh.xds.telemetry.tracing.CustomTag;
import io.inmesh.xds.type.Percent;
import io.inmesh.xds.type.struct.TypedStruct;
import java.util.Map;

/**
 * What Telemetry resources make of a connection manager: tracing and access logs as Envoy has them, metrics as Istio's own filter, which
 * Envoy may leave out.
 */
final class TelemetryParts {
    private static final String STATS_FILTER = "istio.stats";
    private static final String STATS_TYPE = "type.googleapis.com/stats.PluginConfig";
    private static final String STDOUT_TYPE =
            "type.googleapis.com/envoy.extensions.access_loggers.stream.v3.StdoutAccessLog";
    private static final String CEL_FILTER = "envoy.access_loggers.extension_filters.cel";

    /** Istio's names of the metrics in its filter. */
    private static final Map<String, String> METRIC_NAMES = Map.of(
            "REQUEST_COUNT", "requests_total",
            "REQUEST_DURATION", "request_duration_milliseconds",
            "REQUEST_SIZE", "request_bytes",
            "RESPONSE_SIZE", "response_bytes",
            "GRPC_REQUEST_MESSAGES", "request_messages_total",
            "GRPC_RESPONSE_MESSAGES", "response_messages_total");

    private TelemetryParts() {}

    /** Adds what {@code rule} says; the router has not been added yet. */
    static void addTo(HttpConnectionManager.Builder manager, TelemetryRule rule) {
        if (!rule.metrics().isEmpty()) {
            manager.addHttpFilters(stats(rule));
        }
        if (rule.sampling().isPresent() || !rule.spans() || !rule.tags().isEmpty()) {
            manager.setTracing(tracing(rule));
        }
        rule.accessLog().ifPresent(on -> manager.addAccessLog(accessLog(on ? rule.accessLogFilter() : "false")));
    }

    private static HttpFilter stats(TelemetryRule rule) {
        ListValue.Builder metrics = ListValue.newBuilder();
        rule.metrics()
                .forEach((name, metric) -> metrics.addValues(Value.newBuilder().setStructValue(metric(name, metric))));
        TypedStruct config = TypedStruct.newBuilder()
                .setTypeUrl(STATS_TYPE)
                .setValue(Struct.newBuilder()
                        .putFields(
                                "metrics",
                                Value.newBuilder().setListValue(metrics).build()))
                .build();
        return HttpFilter.newBuilder()
                .setName(STATS_FILTER)
                .setTypedConfig(Protos.pack(config))
                .setIsOptional(true)
                .build();
    }

    private static Struct metric(String name, Metric metric) {
        Struct.Builder struct =
                Struct.newBuilder().putFields("name", Protos.string(METRIC_NAMES.getOrDefault(name, name)));
        if (metric.disabled()) {
            struct.putFields("drop", Value.newBuilder().setBoolValue(true).build());
        }
        Struct.Builder dimensions = Struct.newBuilder();
        ListValue.Builder removed = ListValue.newBuilder();
        metric.tags().forEach((tag, value) -> {
            if (value.isEmpty()) {
                removed.addValues(Protos.string(tag));
            } else {
                dimensions.putFields(tag, Protos.string(value));
            }
        });
        if (dimensions.getFieldsCount() > 0) {
            struct.putFields(
                    "dimensions", Value.newBuilder().setStructValue(dimensions).build());
        }
        if (removed.getValuesCount() > 0) {
            struct.putFields(
                    "tags_to_remove", Value.newBuilder().setListValue(removed).build());
        }
        return struct.build();
    }

    private static Tracing tracing(TelemetryRule rule) {
        Tracing.Builder tracing = Tracing.newBuilder();
        rule.sampling().ifPresent(percent -> tracing.setRandomSampling(percent(percent)));
        if (!rule.spans()) {
            tracing.setClientSampling(percent(0)).setRandomSampling(percent(0)).setOverallSampling(percent(0));
        }
        rule.tags().forEach((name, tag) -> tracing.addCustomTags(customTag(name, tag)));
        return tracing.build();
    }

    private static CustomTag customTag(String name, Field tag) {
        CustomTag.Builder custom = CustomTag.newBuilder().setTag(name);
        if (tag.get("environment").present()) {
            custom.getEnvironmentBuilder()
                    .setName(tag.get("environment").get("name").text())
                    .setDefaultValue(tag.get("environment").get("defaultValue").text());
        } else if (tag.get("header").present()) {
            custom.getRequestHeaderBuilder()
                    .setName(tag.get("header").get("name").text())
                    .setDefaultValue(tag.get("header").get("defaultValue").text());
        } else {
            custom.getLiteralBuilder().setValue(tag.get("literal").get("value").text());
        }
        return custom.build();
    }

    private static Percent percent(double value) {
        return Percent.newBuilder().setValue(value).build();
    }

    /** A log on standard output, as Istio's default provider makes it; our own clients write to their logger instead. */
    private static AccessLog accessLog(String filter) {
        AccessLog.Builder log = AccessLog.newBuilder()
                .setName("envoy.access_loggers.stdout")
                .setTypedConfig(Any.newBuilder().setTypeUrl(STDOUT_TYPE));
        if (!filter.isEmpty()) {
            ExpressionFilter expression =
                    ExpressionFilter.newBuilder().setExpression(filter).build();
            log.setFilter(AccessLogFilter.newBuilder()
                    .setExtensionFilter(
                            ExtensionFilter.newBuilder().setName(CEL_FILTER).setTypedConfig(Protos.pack(expression))));
        }
        return log.build();
    }
}
