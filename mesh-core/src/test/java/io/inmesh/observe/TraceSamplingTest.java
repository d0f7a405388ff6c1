package io.inmesh.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.config.AccessLogConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.MetricsConfig;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.config.TelemetryConfig.Side;
import io.inmesh.config.TracingConfig;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.SeededRandomness;
import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.baggage.propagation.W3CBaggagePropagator;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.extension.trace.propagation.B3Propagator;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who decides which traces are kept, by what, and what those that are not still say. */
class TraceSamplingTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String UNKEPT = "00-" + TRACE + "-00f067aa0ba902b7-00";
    private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();
    private static final TextMapPropagator W3C_AND_BAGGAGE =
            TextMapPropagator.composite(W3C, W3CBaggagePropagator.getInstance());
    private static final Outcome OK = Outcome.Response.http(200);

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();

    static Stream<Sampler> usual() {
        return Stream.of(
                Sampler.parentBased(Sampler.alwaysOn()),
                Sampler.parentBased(Sampler.alwaysOff()),
                Sampler.parentBased(Sampler.traceIdRatioBased(0.01)),
                Sampler.parentBased(Sampler.traceIdRatioBased(0.25)));
    }

    static Stream<Sampler> others() {
        return Stream.of(
                Sampler.alwaysOn(),
                Sampler.traceIdRatioBased(0.5),
                Sampler.parentBased(new Asked(SamplingDecision.DROP, Sampler.alwaysOn())),
                Sampler.parentBasedBuilder(Sampler.alwaysOn())
                        .setRemoteParentNotSampled(Sampler.alwaysOn())
                        .build(),
                // Whoever asks another sampler in most cases may well go by its description.
                new Asked(SamplingDecision.DROP, Sampler.parentBased(Sampler.alwaysOn())));
    }

    @ParameterizedTest
    @MethodSource("usual")
    void samplersThatGoByParentAndTraceIdAloneAreKnown(Sampler sampler) {
        assertThat(StandardSampler.of(sdk(sampler, W3C))).isTrue();
    }

    @ParameterizedTest
    @MethodSource("others")
    void anyOtherSamplerMayGoByMore(Sampler sampler) {
        assertThat(StandardSampler.of(sdk(sampler, W3C))).isFalse();
        assertThat(StandardSampler.of(OpenTelemetry.noop())).isFalse();
    }

    @Test
    void theSdkThatIsRegisteredForTheProcessIsKnownToo() {
        GlobalOpenTelemetry.resetForTest();
        try {
            GlobalOpenTelemetry.set(sdk(Sampler.parentBased(Sampler.alwaysOn()), W3C));
            assertThat(StandardSampler.of(GlobalOpenTelemetry.get())).isTrue();
            GlobalOpenTelemetry.resetForTest();
            GlobalOpenTelemetry.set(sdk(Sampler.alwaysOn(), W3C));
            assertThat(StandardSampler.of(GlobalOpenTelemetry.get())).isFalse();
        } finally {
            GlobalOpenTelemetry.resetForTest();
        }
    }

    @Test
    void aSamplerOfTheApplicationSeesAttributesBeforeItDecides() {
        Asked sampler = new Asked(SamplingDecision.DROP, Sampler.alwaysOff());
        TracingObserver observer = observer(sampler, W3C, null);
        calling(observer, 1);
        observer.inboundStarted(FakeCall.get("/health"));
        assertThat(sampler.attributes.get(0).get(AttributeKey.stringKey("http.request.method")))
                .isEqualTo("GET");
        assertThat(sampler.attributes.get(0).get(AttributeKey.stringKey("inmesh.route")))
                .isEqualTo("canary");
        assertThat(sampler.attributes.get(1).get(AttributeKey.stringKey("url.path")))
                .isEqualTo("/health");
    }

    @Test
    void aSamplerOfTheApplicationMayKeepWhatTheCallerDoesNot() {
        TracingObserver observer = observer(Sampler.alwaysOn(), W3C, null);
        FakeCall request = FakeCall.get("/").header("traceparent", UNKEPT);
        InboundObserver inbound = observer.inboundStarted(request);
        try (InboundObserver.Scope ignored = inbound.enter()) {
            assertThat(calling(observer, 1).get(0).get("traceparent")).endsWith("-01");
        }
        inbound.ended(request, OK, 1);
        assertThat(exporter.getFinishedSpanItems())
                .hasSize(3)
                .allSatisfy(span -> assertThat(span.getTraceId()).isEqualTo(TRACE));
    }

    @Test
    void aKeptSpanHasItsAttributesWhoeverDecided() {
        TracingObserver observer = observer(Sampler.parentBased(Sampler.alwaysOn()), W3C, null);
        FakeCall request = FakeCall.get("/reviews/1");
        observer.inboundStarted(request).ended(request, OK, 1);
        calling(observer, 1);
        assertThat(exporter.getFinishedSpanItems())
                .hasSize(3)
                .allSatisfy(span -> assertThat(span.getAttributes().get(AttributeKey.stringKey("http.request.method")))
                        .isEqualTo("GET"));
        assertThat(exporter.getFinishedSpanItems().get(0).getAttributes().get(AttributeKey.stringKey("url.path")))
                .isEqualTo("/reviews/1");
    }

    @Test
    void whatIsRecordedWithoutBeingKeptEnds() {
        List<String> ended = new ArrayList<>();
        OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(new Asked(SamplingDecision.RECORD_ONLY, Sampler.alwaysOff()))
                        .addSpanProcessor(new Ends(ended))
                        .build())
                .setPropagators(ContextPropagators.create(W3C))
                .build();
        assertThat(read(W3C, calling(new TracingObserver(sdk), 1).get(0)).isSampled())
                .isFalse();
        assertThat(ended).containsExactly("GET", "reviews:9080");
    }

    @ParameterizedTest
    @MethodSource("propagators")
    void everyAttemptOfACallThatIsNotKeptSaysTheSame(TextMapPropagator propagator) {
        for (TracingObserver observer : List.of(
                observer(Sampler.parentBased(Sampler.alwaysOff()), propagator, null),
                observer(Sampler.parentBased(Sampler.alwaysOn()), propagator, 0.0))) {
            List<Map<String, String>> sent = calling(observer, 2);
            assertThat(sent.get(0))
                    .isEqualTo(sent.get(1))
                    .isNotEqualTo(calling(observer, 1).get(0));
            SpanContext read = read(propagator, sent.get(0));
            assertThat(read.isValid()).isTrue();
            assertThat(read.isSampled()).isFalse();
        }
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
    }

    static Stream<TextMapPropagator> propagators() {
        return Stream.of(
                W3C,
                W3C_AND_BAGGAGE,
                B3Propagator.injectingSingleHeader(),
                TextMapPropagator.composite(W3C, B3Propagator.injectingMultiHeaders()));
    }

    @Test
    void oneHeaderIsEnoughOnlyForPropagatorsThatWriteNoOther() {
        assertThat(Traceparent.suffices(W3C)).isTrue();
        assertThat(Traceparent.suffices(W3C_AND_BAGGAGE)).isTrue();
        assertThat(Traceparent.suffices(B3Propagator.injectingSingleHeader())).isFalse();
        assertThat(Traceparent.suffices(TextMapPropagator.composite(W3C, B3Propagator.injectingMultiHeaders())))
                .isFalse();
        assertThat(Traceparent.suffices(TextMapPropagator.noop())).isFalse();
    }

    @Test
    void aTraceThatIsNotKeptIsHandedOnWithoutAskingWhereTheParentDecides() {
        TracingObserver observer = observer(Sampler.parentBased(Sampler.alwaysOn()), W3C, null);
        FakeCall request = FakeCall.get("/").header("traceparent", UNKEPT);
        InboundObserver inbound = observer.inboundStarted(request);
        try (InboundObserver.Scope ignored = inbound.enter()) {
            assertThat(Span.current().getSpanContext().getTraceId()).isEqualTo(TRACE);
            assertThat(calling(observer, 1).get(0)).containsOnly(Map.entry("traceparent", UNKEPT));
        }
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
    }

    /** {@return the headers of each attempt of one call} */
    private static List<Map<String, String>> calling(TracingObserver observer, int attempts) {
        Call call = FakeCall.get("/reviews/1");
        CallObserver calls = observer.callStarted(call, "reviews:9080", "canary");
        List<Map<String, String>> sent = new ArrayList<>();
        for (int i = 1; i <= attempts; i++) {
            FakeAttempt attempt = new FakeAttempt(call, "reviews-v1", i);
            calls.attemptStarted(attempt);
            calls.attemptEnded(attempt, OK, 1);
            sent.add(attempt.headers());
        }
        calls.callEnded(call, null, OK, attempts, 1);
        return sent;
    }

    private static SpanContext read(TextMapPropagator propagator, Map<String, String> headers) {
        Context read = propagator.extract(Context.root(), headers, new TextMapGetter<>() {
            @Override
            public Iterable<String> keys(Map<String, String> from) {
                return from.keySet();
            }

            @Override
            public @Nullable String get(@Nullable Map<String, String> from, String name) {
                return from == null ? null : from.get(name.toLowerCase(Locale.ROOT));
            }
        });
        return Span.fromContext(read).getSpanContext();
    }

    private TracingObserver observer(Sampler sampler, TextMapPropagator propagator, @Nullable Double percent) {
        TracingObserver observer =
                new TracingObserver(sdk(sampler, propagator), TraceSettings.DEFAULT, new SeededRandomness(7));
        Side side = new Side(
                MetricsConfig.STANDARD, new TracingConfig(percent, true, true, List.of()), AccessLogConfig.UNSET);
        MeshConfig config =
                MeshConfig.builder().telemetry(new TelemetryConfig(side, side)).build();
        observer.watch(() -> config);
        return observer;
    }

    private OpenTelemetrySdk sdk(Sampler sampler, TextMapPropagator propagator) {
        return OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(sampler)
                        .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                        .build())
                .setPropagators(ContextPropagators.create(propagator))
                .build();
    }

    /** A sampler of an application: it remembers what it was asked with, and describes itself as another. */
    private static final class Asked implements Sampler {

        private final SamplingDecision decision;
        private final Sampler other;
        private final List<Attributes> attributes = new ArrayList<>();

        Asked(SamplingDecision decision, Sampler other) {
            this.decision = decision;
            this.other = other;
        }

        @Override
        public SamplingResult shouldSample(
                Context parent, String traceId, String name, SpanKind kind, Attributes given, List<LinkData> links) {
            attributes.add(given);
            return SamplingResult.create(decision);
        }

        @Override
        public String getDescription() {
            return other.getDescription();
        }
    }

    private record Ends(List<String> names) implements SpanProcessor {

        @Override
        public void onStart(Context parent, ReadWriteSpan span) {}

        @Override
        public boolean isStartRequired() {
            return false;
        }

        @Override
        public void onEnd(ReadableSpan span) {
            names.add(span.getName());
        }

        @Override
        public boolean isEndRequired() {
            return true;
        }
    }
}
