package io.inmesh.client.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.config.AccessLogConfig;
import io.inmesh.config.AccessLogConfig.Mode;
import io.inmesh.config.LogFilter;
import io.inmesh.config.MetricsConfig.Metric;
import io.inmesh.config.TelemetryConfig.Side;
import io.inmesh.config.TracingConfig;
import io.inmesh.config.TracingConfig.Source;
import io.inmesh.config.TracingConfig.Tag;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Telemetry as other control planes may send it; that of ours is tested against what ours sends. */
class TelemetryTranslatorTest {

    private final ResourceReader reader = new ResourceReader("inbound");

    @Test
    void aManagerThatSaysNothingLeavesAllToTheSettings() {
        assertThat(translate(HttpConnectionManager.newBuilder())).isSameAs(Side.STANDARD);
    }

    @Test
    void samplingAndTagsAreThoseOfEnvoy() {
        Tracing tracing = Tracing.newBuilder()
                .setRandomSampling(percent(12.5))
                .addCustomTags(CustomTag.newBuilder()
                        .setTag("team")
                        .setLiteral(CustomTag.Literal.newBuilder().setValue("books")))
                .addCustomTags(CustomTag.newBuilder()
                        .setTag("tenant")
                        .setRequestHeader(CustomTag.Header.newBuilder()
                                .setName("X-Tenant")
                                .setDefaultValue("none")))
                .addCustomTags(CustomTag.newBuilder().setTag("other"))
                .build();
        assertThat(translate(HttpConnectionManager.newBuilder().setTracing(tracing))
                        .tracing())
                .isEqualTo(new TracingConfig(
                        12.5,
                        true,
                        true,
                        List.of(
                                new Tag("team", Source.LITERAL, "books", ""),
                                new Tag("tenant", Source.HEADER, "x-tenant", "none"))));
        assertThat(noted()).contains("\"other\" is of a kind that is not known");
    }

    @Test
    void noShareOverallMeansNoSpans() {
        Tracing none = Tracing.newBuilder().setOverallSampling(percent(0)).build();
        assertThat(translate(HttpConnectionManager.newBuilder().setTracing(none))
                        .tracing())
                .isEqualTo(new TracingConfig(null, false, true, List.of()));
    }

    @Test
    void logsAreOnOffOrUnderACondition() {
        assertThat(accessLog(AccessLog.getDefaultInstance())).isEqualTo(new AccessLogConfig(Mode.ON, List.of()));
        assertThat(accessLog(filtered("false"))).isEqualTo(new AccessLogConfig(Mode.OFF, List.of()));
        assertThat(accessLog(filtered("response.code >= 400 && !connection.mtls"))
                        .filters())
                .containsExactly(new LogFilter.And(List.of(
                        new LogFilter.Compare(
                                LogFilter.Attribute.RESPONSE_CODE, "", LogFilter.Operator.GREATER_OR_EQUAL, 400L),
                        new LogFilter.Not(
                                new LogFilter.Compare(LogFilter.Attribute.MTLS, "", LogFilter.Operator.EQUAL, true)))));
    }

    @Test
    void aConditionThatIsNotUnderstoodIsNotedAndEveryRequestIsLogged() {
        assertThat(accessLog(filtered("response.size > 5"))).isEqualTo(new AccessLogConfig(Mode.ON, List.of()));
        assertThat(noted()).contains("response.size").contains("every request is logged");
    }

    @Test
    void metricsAreThoseOfIstiosFilter() {
        Struct dropped = Struct.newBuilder()
                .putFields("name", text("request_bytes"))
                .putFields("drop", Value.newBuilder().setBoolValue(true).build())
                .build();
        Struct changed = Struct.newBuilder()
                .putFields("name", text("requests_total"))
                .putFields(
                        "dimensions",
                        struct(Struct.newBuilder()
                                .putFields("team", text("'books'"))
                                .putFields("host", text("request.host"))
                                .build()))
                .putFields(
                        "tags_to_remove",
                        Value.newBuilder()
                                .setListValue(ListValue.newBuilder().addValues(text("source_app")))
                                .build())
                .build();
        Struct custom = Struct.newBuilder().putFields("name", text("my_metric")).build();
        ListValue metrics = ListValue.newBuilder()
                .addValues(struct(dropped))
                .addValues(struct(changed))
                .addValues(struct(custom))
                .build();
        TypedStruct config = TypedStruct.newBuilder()
                .setTypeUrl("type.googleapis.com/stats.PluginConfig")
                .setValue(Struct.newBuilder()
                        .putFields(
                                "metrics",
                                Value.newBuilder().setListValue(metrics).build()))
                .build();
        Side side = translate(HttpConnectionManager.newBuilder()
                .addHttpFilters(HttpFilter.newBuilder().setName("istio.stats").setTypedConfig(pack(config))));
        assertThat(side.metrics().of(Metric.REQUEST_SIZE).disabled()).isTrue();
        assertThat(side.metrics().of(Metric.REQUEST_COUNT).tags()).isEqualTo(Map.of("team", "books", "source_app", ""));
        assertThat(noted()).contains("my_metric").contains("dimensions.host");
    }

    private Side translate(HttpConnectionManager.Builder manager) {
        return new TelemetryTranslator(reader).translate(manager.build());
    }

    private AccessLogConfig accessLog(AccessLog log) {
        return translate(HttpConnectionManager.newBuilder().addAccessLog(log)).accessLog();
    }

    private String noted() {
        return reader.ignored().list().toString();
    }

    private static AccessLog filtered(String expression) {
        ExpressionFilter filter =
                ExpressionFilter.newBuilder().setExpression(expression).build();
        return AccessLog.newBuilder()
                .setFilter(AccessLogFilter.newBuilder()
                        .setExtensionFilter(ExtensionFilter.newBuilder().setTypedConfig(pack(filter))))
                .build();
    }

    private static Any pack(Message message) {
        return Any.newBuilder()
                .setTypeUrl(
                        "type.googleapis.com/" + message.getDescriptorForType().getFullName())
                .setValue(message.toByteString())
                .build();
    }

    private static Percent percent(double value) {
        return Percent.newBuilder().setValue(value).build();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    private static Value struct(Struct struct) {
        return Value.newBuilder().setStructValue(struct).build();
    }
}
