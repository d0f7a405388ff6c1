package io.inmesh.client.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.config.AccessLogConfig;
import io.inmesh.config.LogFilter;
import io.inmesh.config.LogFilter.Attribute;
import io.inmesh.config.LogFilter.Operator;
import io.inmesh.config.MetricsConfig;
import io.inmesh.config.MetricsConfig.Metric;
import io.inmesh.config.TelemetryConfig.Side;
import io.inmesh.config.TracingConfig;
import io.inmesh.config.TracingConfig.Source;
import io.inmesh.config.TracingConfig.Tag;
import io.inmesh.xds.cel.Condition;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpConnectionManager.Tracing;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.telemetry.accesslog.AccessLog;
import io.inmesh.xds.telemetry.accesslog.ExtensionFilter;
import io.inmesh.xds.telemetry.cel.ExpressionFilter;
import io.inmesh.xds.telemetry.tracing.CustomTag;
import io.inmesh.xds.type.struct.TypedStruct;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a connection manager says about telemetry. Nothing here lets anybody in, so what is not understood is noted and left out. */
final class TelemetryTranslator {

    private static final String STATS = "istio.stats";
    private static final String TYPED_STRUCT = "TypedStruct";
    private static final String EXPRESSION = "ExpressionFilter";
    private static final double ALL = 100;

    private static final Map<String, Metric> METRICS = Map.of(
            "requests_total", Metric.REQUEST_COUNT,
            "request_duration_milliseconds", Metric.REQUEST_DURATION,
            "request_bytes", Metric.REQUEST_SIZE,
            "response_bytes", Metric.RESPONSE_SIZE,
            "request_messages_total", Metric.GRPC_REQUEST_MESSAGES,
            "response_messages_total", Metric.GRPC_RESPONSE_MESSAGES);

    private static final Map<String, Attribute> ATTRIBUTES = Map.of(
            "response.code", Attribute.RESPONSE_CODE,
            "response.grpc_status", Attribute.GRPC_STATUS,
            "request.duration", Attribute.DURATION_MILLIS,
            "request.method", Attribute.METHOD,
            "request.host", Attribute.HOST,
            "request.url_path", Attribute.PATH,
            "request.headers", Attribute.HEADER,
            "connection.mtls", Attribute.MTLS);

    private static final Map<String, Operator> OPERATORS = Map.of(
            "==", Operator.EQUAL,
            "!=", Operator.NOT_EQUAL,
            "<", Operator.LESS,
            "<=", Operator.LESS_OR_EQUAL,
            ">", Operator.GREATER,
            ">=", Operator.GREATER_OR_EQUAL);

    private final ResourceReader reader;

    TelemetryTranslator(ResourceReader reader) {
        this.reader = reader;
    }

    Side translate(HttpConnectionManager manager) {
        MetricsConfig metrics = MetricsConfig.STANDARD;
        for (HttpFilter filter : manager.getHttpFiltersList()) {
            if (filter.getName().equals(STATS)
                    && filter.getTypedConfig().getTypeUrl().endsWith(TYPED_STRUCT)) {
                metrics = metrics(ListenerTranslator.place(filter), filter);
            }
        }
        TracingConfig tracing = manager.hasTracing() ? tracing(manager.getTracing()) : TracingConfig.STANDARD;
        Side side = new Side(metrics, tracing, accessLog(manager.getAccessLogList()));
        return side.equals(Side.STANDARD) ? Side.STANDARD : side;
    }

    private MetricsConfig metrics(String place, HttpFilter filter) {
        TypedStruct config = reader.unpack(place, filter.getTypedConfig(), TypedStruct.parser());
        MetricsConfig metrics = MetricsConfig.STANDARD;
        for (Value entry : config.getValue()
                .getFieldsOrDefault("metrics", Value.getDefaultInstance())
                .getListValue()
                .getValuesList()) {
            Struct override = entry.getStructValue();
            String name = text(override, "name");
            Metric metric = METRICS.get(name);
            if (metric == null) {
                reader.ignored().note(place + ".metrics", "\"" + name + "\" is not kept here");
            } else {
                metrics = metrics.with(metric, override(place, override));
            }
        }
        return metrics;
    }

    private MetricsConfig.Override override(String place, Struct override) {
        Map<String, String> tags = new LinkedHashMap<>();
        override.getFieldsOrDefault("dimensions", Value.getDefaultInstance())
                .getStructValue()
                .getFieldsMap()
                .forEach((tag, value) -> {
                    String literal = literal(value.getStringValue());
                    if (literal == null) {
                        reader.ignored()
                                .note(place + ".metrics.dimensions." + tag, "only text in quotes is understood");
                    } else {
                        tags.put(tag, literal);
                    }
                });
        override.getFieldsOrDefault("tags_to_remove", Value.getDefaultInstance())
                .getListValue()
                .getValuesList()
                .forEach(tag -> tags.put(tag.getStringValue(), ""));
        boolean dropped =
                override.getFieldsOrDefault("drop", Value.getDefaultInstance()).getBoolValue();
        return new MetricsConfig.Override(dropped, tags);
    }

    private static String text(Struct struct, String name) {
        return struct.getFieldsOrDefault(name, Value.getDefaultInstance()).getStringValue();
    }

    private static @Nullable String literal(String expression) {
        int last = expression.length() - 1;
        boolean quoted = last > 0
                && (expression.charAt(0) == '\'' || expression.charAt(0) == '"')
                && expression.charAt(last) == expression.charAt(0);
        String inner = quoted ? expression.substring(1, last) : "";
        return quoted && inner.indexOf(expression.charAt(0)) < 0 && inner.indexOf('\\') < 0 ? inner : null;
    }

    private TracingConfig tracing(Tracing tracing) {
        List<Tag> tags = new ArrayList<>();
        for (CustomTag tag : tracing.getCustomTagsList()) {
            switch (tag.getTypeCase()) {
                case LITERAL ->
                    tags.add(new Tag(
                            tag.getTag(), Source.LITERAL, tag.getLiteral().getValue(), ""));
                case ENVIRONMENT ->
                    tags.add(new Tag(
                            tag.getTag(),
                            Source.ENVIRONMENT,
                            tag.getEnvironment().getName(),
                            tag.getEnvironment().getDefaultValue()));
                case REQUEST_HEADER ->
                    tags.add(new Tag(
                            tag.getTag(),
                            Source.HEADER,
                            tag.getRequestHeader().getName().toLowerCase(Locale.ROOT),
                            tag.getRequestHeader().getDefaultValue()));
                default ->
                    reader.ignored()
                            .note("tracing.custom_tags", "\"" + tag.getTag() + "\" is of a kind that is not known");
            }
        }
        boolean off =
                tracing.hasOverallSampling() && tracing.getOverallSampling().getValue() == 0;
        Double percent = tracing.hasRandomSampling() && !off
                ? Math.max(0, Math.min(ALL, tracing.getRandomSampling().getValue()))
                : null;
        return new TracingConfig(percent, !off, true, tags);
    }

    private AccessLogConfig accessLog(List<AccessLog> logs) {
        if (logs.isEmpty()) {
            return AccessLogConfig.UNSET;
        }
        List<LogFilter> filters = new ArrayList<>();
        for (AccessLog log : logs) {
            Condition condition = log.hasFilter() ? condition(log.getFilter().getExtensionFilter()) : null;
            if (condition instanceof Condition.Constant never && !never.value()) {
                continue;
            }
            if (condition == null || condition instanceof Condition.Constant) {
                return new AccessLogConfig(AccessLogConfig.Mode.ON, List.of());
            }
            filters.add(filter(condition));
        }
        return new AccessLogConfig(filters.isEmpty() ? AccessLogConfig.Mode.OFF : AccessLogConfig.Mode.ON, filters);
    }

    /** The condition of a log; null, so that all is logged, if it is not understood: better a line too many than one too few. */
    private @Nullable Condition condition(ExtensionFilter extension) {
        if (!extension.getTypedConfig().getTypeUrl().endsWith(EXPRESSION)) {
            reader.ignored().note("access_log.filter", "is of a kind that is not known; every request is logged");
            return null;
        }
        ExpressionFilter expression =
                reader.unpack("access_log.filter", extension.getTypedConfig(), ExpressionFilter.parser());
        try {
            return Condition.parse(expression.getExpression());
        } catch (IllegalArgumentException e) {
            reader.ignored()
                    .note("access_log.filter", "the expression " + e.getMessage() + "; every request is logged");
            return null;
        }
    }

    private static LogFilter filter(Condition condition) {
        if (condition instanceof Condition.And and) {
            return new LogFilter.And(List.of(filter(and.first()), filter(and.second())));
        } else if (condition instanceof Condition.Or or) {
            return new LogFilter.Or(List.of(filter(or.first()), filter(or.second())));
        } else if (condition instanceof Condition.Not not) {
            return new LogFilter.Not(filter(not.condition()));
        } else if (condition instanceof Condition.Constant constant) {
            return constant.value() ? new LogFilter.And(List.of()) : new LogFilter.Or(List.of());
        }
        Condition.Compare compare = (Condition.Compare) condition;
        return new LogFilter.Compare(attribute(compare), compare.header(), operator(compare), compare.value());
    }

    private static Attribute attribute(Condition.Compare compare) {
        Attribute attribute = ATTRIBUTES.get(compare.attribute());
        if (attribute == null) {
            throw new IllegalStateException("no attribute for " + compare);
        }
        return attribute;
    }

    private static Operator operator(Condition.Compare compare) {
        Operator operator = OPERATORS.get(compare.operator());
        if (operator == null) {
            throw new IllegalStateException("no operator for " + compare);
        }
        return operator;
    }
}
