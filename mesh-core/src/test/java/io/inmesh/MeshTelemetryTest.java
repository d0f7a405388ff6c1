package io.inmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.call.Outcome;
import io.inmesh.config.AccessLogConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.MetricsConfig;
import io.inmesh.config.MetricsConfig.Metric;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.config.TelemetryConfig.Side;
import io.inmesh.config.TracingConfig;
import io.inmesh.inbound.Admission;
import io.inmesh.observe.MetricsProfile;
import io.inmesh.observe.TraceSettings;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.micrometer.core.instrument.Clock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Metrics and traces as a mesh is built with them, and as its config changes them. */
class MeshTelemetryTest {

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(
            PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM, new CurrentSpan());
    private final FakeClock clock = new FakeClock();
    private final Mesh mesh = Mesh.builder()
            .name("reviews")
            .labels(Map.of("app", "reviews", "version", "v2"))
            .clock(clock)
            .scheduler(new FakeScheduler(clock))
            .meterRegistry(registry)
            .metricsProfile(MetricsProfile.BOTH)
            .openTelemetry(sdk)
            .traceSettings(new TraceSettings(TraceSettings.Spans.OWN, false))
            .build();

    @AfterEach
    void close() {
        mesh.close();
        sdk.close();
    }

    @Test
    void aHistogramHasTheTraceOfARequestAsExemplar() {
        request();
        String trace = spans.getFinishedSpanItems().get(0).getTraceId();
        assertThat(lines("http_server_request_duration_seconds_bucket"))
                .anySatisfy(line -> assertThat(line).contains("trace_id=\"" + trace + "\""));
    }

    @Test
    void ownLabelsAreThoseOfTheWorkload() {
        request();
        assertThat(lines("istio_requests_total{"))
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("reporter=\"destination\"")
                .contains("destination_workload=\"reviews-v2\"")
                .contains("destination_service=\"reviews.default.svc.cluster.local\"");
    }

    @Test
    void aConfigThatIsAppliedChangesMetricsAndTraces() {
        Side server = new Side(
                MetricsConfig.STANDARD.with(Metric.REQUEST_COUNT, new MetricsConfig.Override(true, Map.of())),
                new TracingConfig(null, false, true, List.of()),
                AccessLogConfig.UNSET);
        mesh.apply(MeshConfig.builder()
                .telemetry(new TelemetryConfig(Side.STANDARD, server))
                .build());
        request();
        assertThat(lines("istio_requests_total{")).isEmpty();
        assertThat(lines("istio_request_duration_milliseconds_count{")).hasSize(1);
        assertThat(spans.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void showsVersionAndAgeOfTheConfigAndNothingAboutAControlPlaneThatIsNotThere() {
        mesh.apply(MeshConfig.builder().version("7").build());
        clock.advance(Duration.ofSeconds(90));
        assertThat(lines("inmesh_config_info"))
                .anySatisfy(line -> assertThat(line).contains("version=\"7\""));
        assertThat(lines("inmesh_config_age_seconds ")).containsExactly("inmesh_config_age_seconds 90.0");
        assertThat(lines("inmesh_xds_connected ")).containsExactly("inmesh_xds_connected NaN");
    }

    @Test
    void aSettingThatIsWrongIsNamed() {
        assertThatThrownBy(() -> MetricsProfile.of("istoi")).hasMessageContaining("INMESH_METRICS");
        assertThatThrownBy(() -> TraceSettings.fromEnvironment(Map.of("INMESH_TRACE_SPANS", "both")))
                .hasMessageContaining("INMESH_TRACE_SPANS");
        assertThatThrownBy(() -> TraceSettings.fromEnvironment(Map.of("INMESH_BAGGAGE", "off")))
                .hasMessageContaining("INMESH_BAGGAGE");
        assertThatThrownBy(() -> GlobalTelemetry.addTo(Mesh.builder(), Map.of("INMESH_TELEMETRY", "on")))
                .hasMessageContaining("INMESH_TELEMETRY");
    }

    @Test
    void anSdkIsAskedForOnlyWhereOpenTelemetryIsToldToMakeIt() {
        Properties none = new Properties();
        assertThat(GlobalTelemetry.autoconfigures(Map.of(), none)).isFalse();
        assertThat(GlobalTelemetry.autoconfigures(Map.of("OTEL_JAVA_GLOBAL_AUTOCONFIGURE_ENABLED", "true"), none))
                .isTrue();
        Properties off = new Properties();
        off.setProperty("otel.java.global-autoconfigure.enabled", "false");
        assertThat(GlobalTelemetry.autoconfigures(Map.of("OTEL_JAVA_GLOBAL_AUTOCONFIGURE_ENABLED", "true"), off))
                .as("the property goes before the variable")
                .isFalse();
    }

    private void request() {
        Admission admission = mesh.inbound(FakeCall.get("/"));
        clock.advance(Duration.ofMillis(3));
        admission.settle(Outcome.Response.http(200));
    }

    private List<String> lines(String start) {
        return registry.scrape(OPEN_METRICS)
                .lines()
                .filter(line -> line.startsWith(start))
                .toList();
    }

    /** Tells Prometheus which span is current. */
    private static final class CurrentSpan implements SpanContext {
        @Override
        public String getCurrentTraceId() {
            return Span.current().getSpanContext().getTraceId();
        }

        @Override
        public String getCurrentSpanId() {
            return Span.current().getSpanContext().getSpanId();
        }

        @Override
        public boolean isCurrentSpanSampled() {
            return Span.current().getSpanContext().isSampled();
        }

        @Override
        public void markCurrentSpanAsExemplar() {}
    }
}
