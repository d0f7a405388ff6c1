package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.inmesh.Mesh;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Calls that meet a connection in the moment its peer takes leave of it, on a route that repeats nothing. The words are those of
 * grpc-java, which {@link RotationTest} hears from real connections.
 */
final class LeavingConnectionTest {

    private static final Status LEFT = Status.UNAVAILABLE.withDescription(
            "GOAWAY shut down transport. HTTP/2 error code: NO_ERROR, debug data: max_age");

    private final AtomicInteger toRefuse = new AtomicInteger();
    private final AtomicInteger begun = new AtomicInteger();
    private volatile Status refusal = LEFT;
    private volatile Runnable secondBegins = () -> {};
    private Server server;
    private Mesh mesh;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        server = NettyServerBuilder.forPort(0)
                .addService(TextService.answering(request -> "got " + request))
                .build()
                .start();
        mesh = Mesh.of(MeshConfig.builder()
                .cluster(ClusterConfig.of("text").endpoint("127.0.0.1", server.getPort()))
                .virtualHost(
                        VirtualHostConfig.of("text:9080", RouteConfig.to("text").withRetry(RetryConfig.NONE)))
                .build());
        channel = MeshGrpc.channel("text:9080", mesh, builder -> builder.intercept(new Refusing()));
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        server.shutdownNow();
        mesh.close();
    }

    @Test
    void requestThatNeverLeftIsSentAgainWithoutAPolicy() {
        toRefuse.set(1);
        assertThat(unary("x")).isEqualTo("got x");
        assertThat(begun).hasValue(2);
    }

    /** The end is heard on another thread, now before and now after the call has been told what to send. */
    @RepeatedTest(50)
    void streamThatNeverLeftIsSentAgainWithAllItsMessages() throws Exception {
        toRefuse.set(1);
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        StreamObserver<String> upload = ClientCalls.asyncClientStreamingCall(
                channel.newCall(TextService.CLIENT_STREAM, CallOptions.DEFAULT), new Told(heard));
        upload.onNext("a");
        upload.onNext("b");
        upload.onCompleted();
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("ab");
    }

    /** What the application sends while one attempt takes the place of another is kept, however much it is. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void messagesSentBetweenTwoAttemptsAreNotLost(boolean left) throws Exception {
        mesh.apply(config(left ? RetryConfig.NONE : RetryConfig.DEFAULT));
        toRefuse.set(1);
        refusal = left ? LEFT : Status.UNAVAILABLE.withDescription("io exception");
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        ClientCall<String, String> call = channel.newCall(TextService.CLIENT_STREAM, CallOptions.DEFAULT);
        int many = SentRequest.MAX_REPLAY_MESSAGES + 1;
        CountDownLatch sent = new CountDownLatch(1);
        secondBegins = () -> {
            assertThat(awaited(sent)).isTrue();
            for (int i = 0; i < many; i++) {
                call.sendMessage("y");
            }
            call.halfClose();
        };
        ClientCalls.asyncClientStreamingCall(call, new Told(heard)).onNext("a");
        sent.countDown();
        assertThat(heard.poll(20, TimeUnit.SECONDS)).isEqualTo("a" + "y".repeat(many));
    }

    @Test
    void whatWaitedForItsTurnOnTheConnectionIsSentAgain() {
        toRefuse.set(1);
        refusal = Status.UNAVAILABLE.withDescription("GOAWAY closed buffered stream. HTTP/2 error code: NO_ERROR");
        assertThat(unary("x")).isEqualTo("got x");
    }

    @Test
    void onceInACallIsEnough() {
        toRefuse.set(2);
        assertThatThrownBy(() -> unary("x")).hasMessageContaining("GOAWAY");
        assertThat(begun).hasValue(2);
        assertThat(unary("y")).isEqualTo("got y");
    }

    @Test
    void whatCouldNotBeSentForAnotherReasonIsLeftToTheRoute() {
        toRefuse.set(1);
        refusal = Status.UNAVAILABLE.withDescription("io exception");
        assertThatThrownBy(() -> unary("x"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        assertThat(begun).hasValue(1);
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(20, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private MeshConfig config(RetryConfig retry) {
        return MeshConfig.builder()
                .cluster(ClusterConfig.of("text").endpoint("127.0.0.1", server.getPort()))
                .virtualHost(
                        VirtualHostConfig.of("text:9080", RouteConfig.to("text").withRetry(retry)))
                .build();
    }

    /** Ends calls as a connection does that goes away while they are on their way to it. */
    private final class Refusing implements ClientInterceptor {
        @Override
        public <A, B> ClientCall<A, B> interceptCall(MethodDescriptor<A, B> method, CallOptions options, Channel next) {
            if (begun.incrementAndGet() == 2) {
                secondBegins.run();
            }
            if (toRefuse.getAndUpdate(left -> Math.max(0, left - 1)) == 0) {
                return next.newCall(method, options);
            }
            return new ClientCall<>() {
                @Override
                public void start(Listener<B> listener, Metadata headers) {
                    Executor executor =
                            options.getExecutor() == null ? ForkJoinPool.commonPool() : options.getExecutor();
                    executor.execute(() -> listener.onClose(refusal, new Metadata()));
                }

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(String message, Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(A message) {}
            };
        }
    }

    private record Told(BlockingQueue<String> heard) implements StreamObserver<String> {
        @Override
        public void onNext(String value) {
            heard.add(value);
        }

        @Override
        public void onError(Throwable failure) {
            heard.add(failure.toString());
        }

        @Override
        public void onCompleted() {}
    }

    private String unary(String request) {
        return ClientCalls.blockingUnaryCall(
                channel, TextService.UNARY, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), request);
    }
}
