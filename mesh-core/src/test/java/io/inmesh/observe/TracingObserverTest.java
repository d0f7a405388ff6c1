package io.inmesh.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.authz.ExternalDecision;
import io.inmesh.authz.ExternalDecision.Result;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Failure;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.FakeCall;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.data.StatusData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TracingObserverTest {

    private static final String CLUSTER = "reviews-v1";
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                    .build())
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build();
    private final TracingObserver observer = new TracingObserver(sdk);

    @AfterEach
    void close() {
        sdk.close();
    }

    @Test
    void whatAnExternalAuthorizerSaidIsAnEventOfTheRequest() {
        FakeCall call = FakeCall.get("/");
        InboundObserver request = observer.inboundStarted(call);
        request.checked(call, new ExternalDecision("opa", "badge", Result.DENIED, 1));
        request.ended(call, Outcome.Response.http(200), 1);
        assertThat(exporter.getFinishedSpanItems().get(0).getEvents())
                .singleElement()
                .satisfies(event -> {
                    assertThat(event.getName()).isEqualTo("inmesh.authorization.external");
                    assertThat(event.getAttributes().asMap().values())
                            .containsExactlyInAnyOrder("opa", "badge", "denied");
                });
    }

    @Test
    void aCallIsASpanAndEachAttemptIsOneBelowItThatCarriesItsOwnContext() {
        Span caller = sdk.getTracer("test").spanBuilder("caller").startSpan();
        Call call = FakeCall.get("/reviews/1").query("token=secret");
        CallObserver calls;
        try (Scope scope = caller.makeCurrent()) {
            calls = observer.callStarted(call, "reviews:9080", "canary");
        }
        // From here on another thread would do: the caller's span is no longer current.
        FakeAttempt first = new FakeAttempt(call, CLUSTER, 1);
        calls.attemptStarted(first);
        calls.attemptEnded(first, new Failure(Failure.Kind.RESET, true, new IOException("reset")), 1);
        calls.retrying(first, 1);
        FakeAttempt second = new FakeAttempt(call, CLUSTER, 2);
        calls.attemptStarted(second);
        calls.attemptEnded(second, Outcome.Response.http(200), 1);
        calls.callEnded(call, new FakeAttempt(call, CLUSTER, 1), Outcome.Response.http(200), 2, 2);

        List<SpanData> finished = exporter.getFinishedSpanItems();
        assertThat(finished).hasSize(3);
        SpanData whole = finished.get(2);
        assertThat(whole.getName()).isEqualTo("reviews:9080");
        assertThat(whole.getKind()).isEqualTo(SpanKind.INTERNAL);
        assertThat(whole.getParentSpanId()).isEqualTo(caller.getSpanContext().getSpanId());
        assertThat(number(whole, "inmesh.attempts")).isEqualTo(2);
        assertThat(text(whole, "inmesh.route")).isEqualTo("canary");
        assertThat(whole.getStatus()).isEqualTo(StatusData.unset());
        assertThat(whole.getEvents())
                .singleElement()
                .satisfies(event -> assertThat(event.getName()).isEqualTo("inmesh.retry"));
        List<SpanData> spans = finished.subList(0, 2);
        assertThat(spans).allSatisfy(span -> {
            assertThat(span.getName()).isEqualTo("GET");
            assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
            assertThat(span.getParentSpanId()).isEqualTo(whole.getSpanId());
            assertThat(text(span, "server.address")).isEqualTo("reviews");
            assertThat(text(span, "network.peer.address")).isEqualTo("10.0.0.7");
            assertThat(text(span, "inmesh.cluster")).isEqualTo(CLUSTER);
            assertThat(text(span, "inmesh.route")).isEqualTo("canary");
            assertThat(span.getAttributes().toString()).doesNotContain("secret");
        });
        assertThat(number(spans.get(0), "http.request.resend_count")).isNull();
        assertThat(text(spans.get(0), "error.type")).isEqualTo("reset");
        assertThat(spans.get(0).getStatus()).isEqualTo(StatusData.error());
        assertThat(spans.get(0).getEvents())
                .singleElement()
                .satisfies(event -> assertThat(event.getName()).isEqualTo("exception"));
        assertThat(number(spans.get(1), "http.request.resend_count")).isEqualTo(1);
        assertThat(number(spans.get(1), "http.response.status_code")).isEqualTo(200);
        assertThat(first.headers().get("traceparent")).contains(spans.get(0).getSpanId());
        assertThat(second.headers().get("traceparent")).contains(spans.get(1).getSpanId());
    }

    @Test
    void aCallTheMeshAnsweredIsOneSpanThatSaysWhy() {
        Call call = FakeCall.get("/");
        CallObserver calls = observer.callStarted(call, "reviews", "r");
        calls.callEnded(call, null, new Outcome.Rejection(Reason.NO_ENDPOINT, 503, 14, "3 known, 3 ejected"), 0, 1);
        SpanData span = exporter.getFinishedSpanItems().get(0);
        assertThat(text(span, "error.type")).isEqualTo("no_endpoint");
        assertThat(text(span, "inmesh.rejection")).isEqualTo("3 known, 3 ejected");
    }

    @Test
    void anInboundRequestContinuesTheTraceOfItsHeaders() {
        FakeCall call = FakeCall.get("/reviews/1")
                .header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01")
                .peer(SpiffeId.of("inmesh.local", "default", "productpage"));
        InboundObserver request = observer.inboundStarted(call);
        String inside;
        try (InboundObserver.Scope scope = request.enter()) {
            inside = Span.current().getSpanContext().getTraceId();
        }
        assertThat(Span.current().getSpanContext().isValid()).isFalse();
        request.ended(call, Outcome.Response.http(500), 1);
        SpanData span = exporter.getFinishedSpanItems().get(0);
        assertThat(inside).isEqualTo(TRACE);
        assertThat(span.getTraceId()).isEqualTo(TRACE);
        assertThat(span.getParentSpanId()).isEqualTo("00f067aa0ba902b7");
        assertThat(span.getKind()).isEqualTo(SpanKind.SERVER);
        assertThat(text(span, "inmesh.peer")).isEqualTo("spiffe://inmesh.local/ns/default/sa/productpage");
        assertThat(text(span, "error.type")).isEqualTo("500");
    }

    @Test
    void aClientErrorIsNoErrorOfTheServer() {
        FakeCall call = FakeCall.get("/");
        observer.inboundStarted(call).ended(call, Outcome.Response.http(404), 1);
        SpanData span = exporter.getFinishedSpanItems().get(0);
        assertThat(text(span, "error.type")).isNull();
        assertThat(span.getStatus()).isEqualTo(StatusData.unset());
    }

    @Test
    void invalidContextBeginsANewTraceInsteadOfFailing() {
        FakeCall call = FakeCall.get("/").header("traceparent", "nonsense");
        observer.inboundStarted(call).ended(call, Outcome.Response.http(200), 1);
        assertThat(exporter.getFinishedSpanItems().get(0).getSpanContext().isValid())
                .isTrue();
    }

    @Test
    void aServerSpanOfAnotherInstrumentationIsContinuedNotDoubled() {
        Span theirs = sdk.getTracer("agent").spanBuilder("GET /reviews").startSpan();
        FakeCall call = FakeCall.get("/").peer(SpiffeId.of("inmesh.local", "default", "productpage"));
        try (Scope scope = Context.root().with(theirs).makeCurrent()) {
            InboundObserver request = observer.inboundStarted(call);
            request.enter().close();
            request.ended(call, Outcome.Response.http(200), 1);
        }
        assertThat(exporter.getFinishedSpanItems()).isEmpty();
        theirs.end();
        assertThat(text(exporter.getFinishedSpanItems().get(0), "inmesh.peer")).contains("productpage");
    }

    @Test
    void grpcSpansAreNamedByTheirMethod() {
        Call call = FakeCall.grpc("/bookinfo.Ratings/Get");
        CallObserver calls = observer.callStarted(call, "ratings", "r");
        FakeAttempt attempt = new FakeAttempt(call, CLUSTER, 1);
        calls.attemptStarted(attempt);
        calls.attemptEnded(attempt, Outcome.Response.grpc(5), 1);
        SpanData span = exporter.getFinishedSpanItems().get(0);
        assertThat(span.getName()).isEqualTo("bookinfo.Ratings/Get");
        assertThat(text(span, "rpc.system.name")).isEqualTo("grpc");
        assertThat(text(span, "rpc.response.status_code")).isEqualTo("NOT_FOUND");
        assertThat(text(span, "error.type")).isEqualTo("NOT_FOUND");
    }

    @Test
    void withoutAnSdkNothingIsPropagated() {
        TracingObserver idle = new TracingObserver(OpenTelemetry.noop());
        FakeAttempt attempt = new FakeAttempt(FakeCall.get("/"), CLUSTER, 1);
        idle.callStarted(attempt.call(), "reviews", "r").attemptStarted(attempt);
        assertThat(attempt.headers()).isEmpty();
    }

    private static String text(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.stringKey(name));
    }

    private static Long number(SpanData span, String name) {
        return span.getAttributes().get(AttributeKey.longKey(name));
    }
}
