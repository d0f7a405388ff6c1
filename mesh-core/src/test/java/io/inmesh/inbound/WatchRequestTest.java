package io.inmesh.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAuthorizer;
import io.inmesh.external.ExternalCheck;
import io.inmesh.identity.SpiffeId;
import io.inmesh.live.LiveRequests;
import io.inmesh.live.SeenRequest;
import io.inmesh.observe.MeshObserver;
import io.inmesh.observe.TracingObserver;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.FakeClock;
import io.inmesh.time.Scheduler.Cancellable;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What whoever watches is shown of requests that come in. */
class WatchRequestTest {

    private static final SpiffeId PRODUCTPAGE = SpiffeId.of("inmesh.local", "default", "productpage");

    private final FakeClock clock = new FakeClock();
    private final LiveRequests live = new LiveRequests(clock, bound -> 1);

    @Test
    void aRequestIsFoundByTheTraceThatBeganWithIt() {
        InMemorySpanExporter spans = InMemorySpanExporter.create();
        OpenTelemetrySdk sdk = OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .addSpanProcessor(SimpleSpanProcessor.create(spans))
                        .build())
                .build();

        fail(FakeCall.get("/productpage"), new TracingObserver(sdk));

        String trace = spans.getFinishedSpanItems().get(0).getTraceId();
        assertThat(live.find(trace)).extracting(SeenRequest::path).containsExactly("/productpage");
    }

    @Test
    void theOtherSideIsWhoItProvedToBe() {
        assertThat(List.of(
                        peer(FakeCall.get("/").header("x-request-id", "a")),
                        peer(FakeCall.get("/").header("x-request-id", "b").overTls()),
                        peer(FakeCall.get("/").header("x-request-id", "c").peer(PRODUCTPAGE))))
                .containsExactly("", "TLS without identity", PRODUCTPAGE.toString());
    }

    private String peer(FakeCall call) {
        fail(call, MeshObserver.NONE);
        return live.find(String.valueOf(call.header("x-request-id"))).get(0).peer();
    }

    private void fail(InboundCall call, MeshObserver observer) {
        new InboundGate(clock, observer, new NobodyToAsk(), (task, delayNanos) -> () -> {}, live)
                .admit(call, InboundPolicy.OPEN)
                .settle(Outcome.Response.http(500));
    }

    private static final class NobodyToAsk implements ExternalAuthorizer {

        @Override
        public Cancellable ask(ExternalCheck check, Consumer<ExternalAnswer> answer) {
            throw new AssertionError("no policy wants that");
        }

        @Override
        public void close() {}
    }
}
