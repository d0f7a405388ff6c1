package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.inmesh.Mesh;
import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RateLimitConfig;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a gRPC server refuses so that it stays alive. */
class InboundTrafficTest {

    private static final String ORIGIN = "InboundTrafficPolicy default/ratings";
    private static final Metadata.Key<String> PUSHBACK =
            Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

    private final FakeClock clock = new FakeClock();
    private final BlockingQueue<StreamObserver<String>> calls = new LinkedBlockingQueue<>();
    private Mesh mesh;
    private Server server;
    private ManagedChannel channel;

    @AfterEach
    void stop() {
        channel.shutdownNow();
        server.shutdownNow();
        mesh.close();
    }

    @Test
    void whatComesTooOftenIsUnavailableAndToldWhenToComeBack() throws Exception {
        start(
                InboundTrafficConfig.limiting(ORIGIN, RateLimitConfig.of("all", 1, Duration.ofSeconds(30))),
                Runnable::run);
        Future<String> first = call();
        answer("yes");
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("yes");
        StatusRuntimeException refused = refused(call());
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(refused.getStatus().getDescription()).contains("\"all\" by " + ORIGIN);
        assertThat(trailers(refused).get(PUSHBACK)).isEqualTo("30000");
    }

    @Test
    void tooManyAtOnceAreRefusedAndStreamsTakeNoPlace() throws Exception {
        start(
                InboundTrafficConfig.limiting(ORIGIN)
                        .withConcurrency(new ConcurrencyConfig(1, 1, 1, 1.5, Duration.ZERO)),
                Runnable::run);
        BlockingQueue<String> echoes = new LinkedBlockingQueue<>();
        StreamObserver<String> chat = ClientCalls.asyncBidiStreamingCall(
                channel.newCall(TextService.BIDI, CallOptions.DEFAULT), new Into(echoes));
        chat.onNext("a");
        assertThat(echoes.poll(20, TimeUnit.SECONDS)).isEqualTo("echo a");

        Future<String> first = call();
        StreamObserver<String> inFlight = calls.poll(20, TimeUnit.SECONDS);
        StatusRuntimeException refused = refused(call());
        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(trailers(refused).get(PUSHBACK)).isEqualTo("1000");
        inFlight.onNext("done");
        inFlight.onCompleted();
        assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("done");

        Future<String> next = call();
        answer("again");
        assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("again");
        chat.onCompleted();
    }

    @Test
    void aCallThatWaitedTooLongForAThreadIsRefused() throws Exception {
        CountDownLatch waits = new CountDownLatch(1);
        CompletableFuture<Void> free = new CompletableFuture<>();
        start(InboundTrafficConfig.limiting(ORIGIN).withConcurrency(ConcurrencyConfig.DEFAULT), task -> {
            waits.countDown();
            free.thenRunAsync(task);
        });
        Future<String> late = call();
        waits.await();
        clock.advance(Duration.ofMillis(30));
        free.complete(null);
        assertThat(refused(late).getStatus().getDescription()).contains("waited 30 ms for a thread");
    }

    private void start(InboundTrafficConfig traffic, Executor executor) throws Exception {
        mesh = Mesh.builder()
                .clock(clock)
                .config(MeshConfig.builder()
                        .inbound(new InboundConfig(InboundConfig.Mtls.DISABLE, List.of(), "").withTraffic(traffic))
                        .build())
                .build();
        server = MeshGrpc.server(0, mesh)
                .executor(executor)
                .addService(TextService.definition((request, response) -> calls.add(response)))
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .disableRetry()
                .build();
    }

    private Future<String> call() {
        return ClientCalls.futureUnaryCall(channel.newCall(TextService.UNARY, CallOptions.DEFAULT), "x");
    }

    private void answer(String text) throws InterruptedException {
        StreamObserver<String> response = calls.poll(20, TimeUnit.SECONDS);
        response.onNext(text);
        response.onCompleted();
    }

    private static StatusRuntimeException refused(Future<String> call) {
        var failure = catchThrowableOfType(
                java.util.concurrent.ExecutionException.class, () -> call.get(20, TimeUnit.SECONDS));
        return (StatusRuntimeException) failure.getCause();
    }

    private static Metadata trailers(StatusRuntimeException refused) {
        return java.util.Objects.requireNonNull(refused.getTrailers());
    }

    private record Into(BlockingQueue<String> values) implements StreamObserver<String> {
        @Override
        public void onNext(String value) {
            values.add(value);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }
}
