package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.inmesh.Mesh;
import io.inmesh.config.ClientPolicyConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HedgingConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Slow unary calls are answered by another server, over real sockets. */
final class HedgingTest {

    private static final long LOOK_AGAIN_NANOS = 1_000_000;

    private final List<Server> servers = new ArrayList<>();
    private final CountDownLatch abandoned = new CountDownLatch(1);
    private final AtomicInteger askedSlow = new AtomicInteger();
    private final AtomicInteger askedFast = new AtomicInteger();
    private final CountDownLatch twoAbandoned = new CountDownLatch(2);
    private final CountDownLatch twoAsked = new CountDownLatch(2);
    private final List<Mesh> meshes = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        servers.forEach(Server::shutdownNow);
        meshes.forEach(Mesh::close);
    }

    @Test
    void aSlowServersCallIsAnsweredByAnotherAndTheSlowOneIsToldToStop() throws Exception {
        ManagedChannel channel = channel(never(), answering("fast"));
        // Whichever server round robin begins with, two calls meet the slow one; the first may be over before there is
        // a connection to it.
        for (int i = 0; i < 2 || (askedSlow.get() == 0 && i < 1_000); i++) {
            assertThat(ClientCalls.blockingUnaryCall(channel, TextService.UNARY, CallOptions.DEFAULT, "x"))
                    .isEqualTo("fast");
        }
        assertThat(askedSlow).hasPositiveValue();
        assertThat(abandoned.await(30, TimeUnit.SECONDS))
                .as("the slow server's call was cancelled")
                .isTrue();
        assertNothingStaysInFlight();
    }

    @Test
    void aCallThatMustNotBeSentTwiceWaitsForItsServer() {
        ManagedChannel channel = channel(never(), answering("fast"));
        List<Status.Code> ends = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            CallOptions impatient = CallOptions.DEFAULT.withDeadlineAfter(500, TimeUnit.MILLISECONDS);
            try {
                ClientCalls.blockingUnaryCall(channel, TextService.PAY, impatient, "x");
            } catch (StatusRuntimeException late) {
                ends.add(late.getStatus().getCode());
            }
        }
        assertThat(ends).as("the slow server's turn").contains(Status.Code.DEADLINE_EXCEEDED);
        assertThat(askedSlow.get() + askedFast.get()).as("attempts").isLessThanOrEqualTo(2);
    }

    @Test
    void cancellingTheCallCancelsBothAttempts() throws Exception {
        ManagedChannel channel = channel(never(), never());
        ClientCall<String, String> call = channel.newCall(TextService.UNARY, CallOptions.DEFAULT);
        call.start(new ClientCall.Listener<>() {}, new Metadata());
        call.request(1);
        call.sendMessage("x");
        call.halfClose();
        assertThat(twoAsked.await(30, TimeUnit.SECONDS))
                .as("both servers were asked")
                .isTrue();

        call.cancel("enough", null);

        assertThat(twoAbandoned.await(30, TimeUnit.SECONDS))
                .as("both were told to stop")
                .isTrue();
        assertNothingStaysInFlight();
    }

    /** A server may hear that a call is over before the client has put it away. */
    private void assertNothingStaysInFlight() {
        Mesh mesh = meshes.get(0);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (mesh.status().clusters().get(0).endpoints().stream().anyMatch(endpoint -> endpoint.inFlight() > 0)
                && System.nanoTime() < deadline) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        assertThat(mesh.status().clusters().get(0).endpoints()).allMatch(endpoint -> endpoint.inFlight() == 0);
    }

    private ManagedChannel channel(int... ports) {
        ClusterConfig cluster = ClusterConfig.of("text")
                .withLoadBalancer(LoadBalancer.ROUND_ROBIN)
                .withClientPolicy(ClientPolicyConfig.DEFAULT.withHedging(
                        HedgingConfig.after(Duration.ofMillis(20)).withMaxExtraPercent(100)));
        for (int port : ports) {
            cluster = cluster.endpoint("127.0.0.1", port);
        }
        RouteConfig route = RouteConfig.to("text").withTimeout(Duration.ofSeconds(20));
        Mesh mesh = Mesh.of(MeshConfig.builder()
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of("text:9080", route))
                .build());
        meshes.add(mesh);
        ManagedChannel channel = MeshGrpc.channel("text:9080", mesh);
        channels.add(channel);
        return channel;
    }

    private int never() {
        return serve((request, response) -> {
            askedSlow.incrementAndGet();
            twoAsked.countDown();
            Context.current()
                    .addListener(
                            cancelled -> {
                                abandoned.countDown();
                                twoAbandoned.countDown();
                            },
                            Runnable::run);
        });
    }

    private int answering(String text) {
        return serve((request, response) -> {
            askedFast.incrementAndGet();
            response.onNext(text);
            response.onCompleted();
        });
    }

    private int serve(TextService.Unary unary) {
        try {
            Server server = NettyServerBuilder.forPort(0)
                    .addService(TextService.definition(unary))
                    .build()
                    .start();
            servers.add(server);
            return server.getPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
