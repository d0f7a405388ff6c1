package io.inmesh.dispatch;

import static io.inmesh.dispatch.Scene.attempt;
import static io.inmesh.dispatch.Scene.connectFailure;
import static io.inmesh.dispatch.Scene.endpoints;
import static io.inmesh.dispatch.Scene.route;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.live.LiveRequests;
import io.inmesh.live.SeenRequest;
import io.inmesh.live.TapFilter;
import io.inmesh.observe.MeshObserver;
import io.inmesh.observe.TracingObserver;
import io.inmesh.testkit.FakeCall;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What whoever watches is shown of calls. */
class WatchCallTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final InMemorySpanExporter spans = InMemorySpanExporter.create();
    private final OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .setTracerProvider(SdkTracerProvider.builder()
                    .addSpanProcessor(SimpleSpanProcessor.create(spans))
                    .build())
            .build();
    private final List<SeenRequest> seen = new ArrayList<>();

    @Test
    void aCallThatReachedNobodyIsFoundByTheTraceThatBeganWithIt() {
        Scene scene = new Scene(route(), endpoints(0));
        LiveRequests live = live(scene);

        dispatch(scene, live, new TracingObserver(sdk), FakeCall.get("/")).start();

        String trace = spans.getFinishedSpanItems().get(0).getTraceId();
        assertThat(live.find(trace))
                .singleElement()
                .satisfies(found -> assertThat(found.result()).isEqualTo("rejected: no_endpoint"));
    }

    @Test
    void aCallIsFoundByTheTraceThatItsApplicationNames() {
        Scene scene = new Scene(route(), endpoints(0));
        LiveRequests live = live(scene);

        dispatch(
                        scene,
                        live,
                        MeshObserver.NONE,
                        FakeCall.get("/").header("traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01"))
                .start();

        assertThat(live.find(TRACE)).hasSize(1);
    }

    @Test
    void whereNobodyWasReachedNobodyIsNamed() {
        RouteConfig aborted = route().withFault(new FaultConfig(null, new FaultConfig.Abort(503, -1, 1_000_000)));
        watched(aborted, endpoints(1)).start();
        watched(route(), endpoints(0)).start();
        Dispatch refused = watched(route().withRetry(RetryConfig.NONE), endpoints(1));
        refused.settle(attempt(refused.start()), connectFailure());

        assertThat(seen).extracting(SeenRequest::peer).containsExactly("-", "-", "-");
    }

    @Test
    void whoWasNotAskedForWantOfRoomIsNotNamed() {
        Scene scene = new Scene(
                route(),
                endpoints(1)
                        .withCircuitBreaker(new CircuitBreakerConfig(
                                1, CircuitBreakerConfig.UNLIMITED, 0, 100, 100, Duration.ofSeconds(30))));
        scene.dispatch().start();
        dispatch(scene, live(scene), MeshObserver.NONE, FakeCall.get("/")).start();

        assertThat(seen).singleElement().satisfies(one -> {
            assertThat(one.result()).isEqualTo("rejected: overflow");
            assertThat(one.peer()).isEqualTo("-");
        });
    }

    @Test
    void anAnswerOverPlaintextIsFromNobodyWhoProvedWhoTheyAre() {
        Dispatch answered = watched(route(), endpoints(1));
        Step sent = answered.start();
        answered.settle(attempt(sent), Outcome.Response.http(200));

        assertThat(seen).extracting(SeenRequest::peer).containsExactly("");
    }

    private Dispatch watched(RouteConfig route, ClusterConfig cluster) {
        Scene scene = new Scene(route, cluster);
        return dispatch(scene, live(scene), MeshObserver.NONE, FakeCall.get("/"));
    }

    private LiveRequests live(Scene scene) {
        LiveRequests live = new LiveRequests(scene.clock, bound -> 1);
        assertThat(live.tap(TapFilter.ALL, 100, seen::add)).isNotNull();
        return live;
    }

    private static Dispatch dispatch(Scene scene, LiveRequests live, MeshObserver observer, Call call) {
        return new OutboundGate(scene.clock, scene.randomness, scene.identity, observer, live)
                .dispatch(call, scene.snapshot.routes().find("reviews", 9080), scene.snapshot);
    }
}
