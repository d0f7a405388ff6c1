package io.inmesh.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.config.AccessLogConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.MetricsConfig;
import io.inmesh.config.OriginationConfig;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.config.TelemetryConfig.Side;
import io.inmesh.config.TlsCredentials;
import io.inmesh.config.TracingConfig;
import io.inmesh.config.TracingConfig.Source;
import io.inmesh.config.TracingConfig.Tag;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.OutsideServer;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.SeededRandomness;
import io.opentelemetry.api.baggage.Baggage;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What of a trace travels in headers, and whose spans there are. */
class TracePropagationTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String CLUSTER = "outbound|9080||reviews.default.svc.cluster.local";
    private static final Outcome OK = Outcome.Response.http(200);

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

    @Test
    void oneB3HeaderIsReadAndWrittenWhereThatIsConfigured() {
        TracingObserver observer = observer(B3Propagator.injectingSingleHeader());
        FakeCall request = FakeCall.get("/").header("b3", TRACE + "-" + PARENT + "-1");
        Map<String, String> sent = answering(observer, request);
        assertThat(sent.get("b3")).startsWith(TRACE + "-").endsWith("-1");
        assertThat(sent).doesNotContainKey("traceparent");
        assertThat(serverSpan().getParentSpanId()).isEqualTo(PARENT);
    }

    @Test
    void severalB3HeadersAreReadAndWrittenWhereThatIsConfigured() {
        TracingObserver observer = observer(B3Propagator.injectingMultiHeaders());
        FakeCall request = FakeCall.get("/")
                .header("x-b3-traceid", TRACE)
                .header("x-b3-spanid", PARENT)
                .header("x-b3-sampled", "1");
        Map<String, String> sent = answering(observer, request);
        assertThat(sent).containsEntry("x-b3-traceid", TRACE).containsEntry("x-b3-sampled", "1");
        assertThat(serverSpan().getTraceId()).isEqualTo(TRACE);
    }

    @Test
    void b3IsNeitherReadNorWrittenWhereItIsNotConfigured() {
        TracingObserver observer = observer(W3CTraceContextPropagator.getInstance());
        Map<String, String> sent = answering(observer, FakeCall.get("/").header("b3", TRACE + "-" + PARENT + "-1"));
        assertThat(sent.keySet()).containsExactly("traceparent");
        assertThat(serverSpan().getTraceId()).isNotEqualTo(TRACE);
    }

    @Test
    void aDecisionAgainstSamplingIsHandedOnAndMakesNoSpans() {
        TracingObserver observer = observer(W3CTraceContextPropagator.getInstance());
        Map<String, String> sent =
                answering(observer, FakeCall.get("/").header("traceparent", "00-" + TRACE + "-" + PARENT + "-00"));
        assertThat(sent.get("traceparent")).startsWith("00-" + TRACE).endsWith("-00");
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void baggageStaysInTheMesh() {
        TextMapPropagator both = TextMapPropagator.composite(
                W3CTraceContextPropagator.getInstance(), W3CBaggagePropagator.getInstance());
        TracingObserver observer = observer(both);
        TracingObserver everywhere = new TracingObserver(
                sdk(both), new TraceSettings(TraceSettings.Spans.OWN, true), new SeededRandomness(1));
        assertThat(baggageSent(observer, CLUSTER)).isEqualTo("user=jason");
        assertThat(baggageSent(observer, "outbound|443||api.example.com")).isNull();
        assertThat(baggageSent(observer, "outbound|443||api.example.com", outside()))
                .as("TLS with a server outside does not make it one of the mesh")
                .isNull();
        assertThat(baggageSent(everywhere, "outbound|443||api.example.com")).isEqualTo("user=jason");
    }

    @Test
    void aClientSpanThatAnotherLibraryMadeIsContinuedNotDoubled() {
        OpenTelemetrySdk sdk = sdk(W3CTraceContextPropagator.getInstance());
        TracingObserver observer = new TracingObserver(sdk);
        Span theirs = sdk.getTracer("library")
                .spanBuilder("GET")
                .setSpanKind(SpanKind.CLIENT)
                .startSpan();
        Map<String, String> sent;
        try (Scope ignored = theirs.makeCurrent()) {
            sent = calling(observer, CLUSTER);
        }
        theirs.end();
        SpanData only = exporter.getFinishedSpanItems().get(0);
        assertThat(exporter.getFinishedSpanItems()).hasSize(1);
        assertThat(sent).isEmpty();
        assertThat(only.getAttributes().get(AttributeKey.stringKey("inmesh.cluster")))
                .isEqualTo(CLUSTER);
        assertThat(only.getAttributes().get(AttributeKey.stringKey("inmesh.route")))
                .isEqualTo("canary");
    }

    @Test
    void besideAnAgentTheMeshMakesNoSpansAndWritesNoHeaders() {
        OpenTelemetrySdk sdk = sdk(W3CTraceContextPropagator.getInstance());
        TracingObserver observer =
                new TracingObserver(sdk, new TraceSettings(TraceSettings.Spans.JOIN, false), new SeededRandomness(1));
        assertThat(calling(observer, CLUSTER)).isEmpty();
        FakeCall request = FakeCall.get("/");
        assertThat(observer.inboundStarted(request)).isSameAs(InboundObserver.NONE);
        Span theirs = sdk.getTracer("agent").spanBuilder("work").startSpan();
        try (Scope ignored = theirs.makeCurrent()) {
            calling(observer, CLUSTER);
        }
        theirs.end();
        assertThat(exporter.getFinishedSpanItems())
                .singleElement()
                .satisfies(span -> assertThat(span.getAttributes().get(AttributeKey.longKey("inmesh.attempts")))
                        .isEqualTo(1));
    }

    @Test
    void aConfigDrawsTheTracesThatBeginHereAndLeavesThoseThatCameInAlone() {
        TracingObserver observer = configured(new TracingConfig(0.0, true, true, List.of()));
        Map<String, String> sent = calling(observer, CLUSTER);
        assertThat(sent.get("traceparent")).endsWith("-00");
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
        answering(observer, FakeCall.get("/").header("traceparent", "00-" + TRACE + "-" + PARENT + "-01"));
        assertThat(exporter.getFinishedSpanItems()).hasSize(3);
    }

    @Test
    void aConfigDrawsAboutAsManyTracesAsItSays() {
        TracingObserver observer = configured(new TracingConfig(25.0, true, true, List.of()));
        for (int i = 0; i < 2000; i++) {
            answering(observer, FakeCall.get("/"));
        }
        long kept = exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getKind() == SpanKind.SERVER)
                .count();
        assertThat(kept).isBetween(400L, 600L);
    }

    @Test
    void withoutReportingContextIsStillHandedOn() {
        TracingObserver observer = configured(new TracingConfig(null, false, true, List.of()));
        String came = "00-" + TRACE + "-" + PARENT + "-01";
        assertThat(answering(observer, FakeCall.get("/").header("traceparent", came)))
                .containsEntry("traceparent", came);
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }

    @Test
    void withoutPropagationSpansAreMadeAndNothingIsHandedOn() {
        TracingObserver observer = configured(new TracingConfig(null, true, false, List.of()));
        assertThat(calling(observer, CLUSTER)).isEmpty();
        assertThat(exporter.getFinishedSpanItems()).hasSize(2);
    }

    @Test
    void customTagsComeFromTextEnvironmentAndHeaders() {
        TracingObserver observer = configured(new TracingConfig(
                null,
                true,
                true,
                List.of(
                        new Tag("team", Source.LITERAL, "books", ""),
                        new Tag("pod", Source.ENVIRONMENT, "INMESH_NO_SUCH_VARIABLE", "none"),
                        new Tag("tenant", Source.HEADER, "x-tenant", ""),
                        new Tag("plan", Source.HEADER, "x-plan", "free"))));
        answering(observer, FakeCall.get("/").header("x-tenant", "acme"));
        SpanData span = serverSpan();
        assertThat(span.getAttributes().get(AttributeKey.stringKey("team"))).isEqualTo("books");
        assertThat(span.getAttributes().get(AttributeKey.stringKey("pod"))).isEqualTo("none");
        assertThat(span.getAttributes().get(AttributeKey.stringKey("tenant"))).isEqualTo("acme");
        assertThat(span.getAttributes().get(AttributeKey.stringKey("plan"))).isEqualTo("free");
    }

    @Test
    void whatProvesWhoSomebodyIsNeverBecomesATag() {
        TracingObserver observer = configured(
                new TracingConfig(null, true, true, List.of(new Tag("session", Source.HEADER, "cookie", "none"))));
        answering(observer, FakeCall.get("/").header("cookie", "session=secret"));
        assertThat(serverSpan().getAttributes().get(AttributeKey.stringKey("session")))
                .isNull();
    }

    @Test
    void theSpanOfACallIsCurrentWhileItsEndIsToldSoThatMetricsCanReferToIt() {
        TracingObserver observer = observer(W3CTraceContextPropagator.getInstance());
        CallObserver calls = observer.callStarted(FakeCall.get("/"), "reviews:9080", "canary");
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
        try (InboundObserver.Scope ignored = calls.enterCall()) {
            assertThat(Span.current().getSpanContext().isSampled()).isTrue();
        }
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    private TracingObserver observer(TextMapPropagator propagator) {
        return new TracingObserver(sdk(propagator));
    }

    private TracingObserver configured(TracingConfig tracing) {
        TracingObserver observer = new TracingObserver(
                sdk(W3CTraceContextPropagator.getInstance()), TraceSettings.DEFAULT, new SeededRandomness(7));
        Side side = new Side(MetricsConfig.STANDARD, tracing, AccessLogConfig.UNSET);
        MeshConfig config =
                MeshConfig.builder().telemetry(new TelemetryConfig(side, side)).build();
        observer.watch(() -> config);
        return observer;
    }

    private OpenTelemetrySdk sdk(TextMapPropagator propagator) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(Sampler.parentBased(Sampler.alwaysOn()))
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .setPropagators(ContextPropagators.create(propagator))
                .build();
    }

    /** {@return the headers of a call that is made while a request is answered} */
    private static Map<String, String> answering(TracingObserver observer, FakeCall request) {
        InboundObserver inbound = observer.inboundStarted(request);
        Map<String, String> sent;
        try (InboundObserver.Scope ignored = inbound.enter()) {
            sent = calling(observer, CLUSTER);
        }
        inbound.ended(request, OK, 1);
        return sent;
    }

    /** {@return the headers of a call} */
    private static Map<String, String> calling(TracingObserver observer, String cluster) {
        return calling(observer, cluster, null);
    }

    private static Map<String, String> calling(TracingObserver observer, String cluster, ConnectionSecurity security) {
        Call call = FakeCall.get("/reviews/1");
        FakeAttempt attempt = new FakeAttempt(
                call, new Endpoint(cluster, EndpointConfig.of("10.0.0.7", 9080)), security, 1, new TreeMap<>());
        CallObserver calls = observer.callStarted(call, "reviews:9080", "canary");
        calls.attemptStarted(attempt);
        calls.attemptEnded(attempt, OK, 1);
        calls.callEnded(call, attempt, OK, 1, 1);
        return attempt.headers();
    }

    private static ConnectionSecurity outside() {
        return OutsideServer.of(OriginationConfig.of(TlsCredentials.trusting(Set.of())), "api.example.com");
    }

    private static String baggageSent(TracingObserver observer, String cluster) {
        return baggageSent(observer, cluster, null);
    }

    private static String baggageSent(TracingObserver observer, String cluster, ConnectionSecurity security) {
        Baggage baggage = Baggage.builder().put("user", "jason").build();
        try (Scope ignored = Context.root().with(baggage).makeCurrent()) {
            return calling(observer, cluster, security).get("baggage");
        }
    }

    private SpanData serverSpan() {
        return exporter.getFinishedSpanItems().stream()
                .filter(span -> span.getKind() == SpanKind.SERVER)
                .findFirst()
                .orElseThrow();
    }
}
