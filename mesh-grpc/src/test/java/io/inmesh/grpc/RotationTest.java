package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.inmesh.Mesh;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.DenyList;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.InboundConnections;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.TrustBundle;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.TestCa;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What another certificate, other roots and a deny list do to gRPC connections of both sides, over real sockets. The route repeats
 * nothing, so that each call that a rotation spoils is seen.
 */
final class RotationTest {

    private static final String DOMAIN = "test.local";
    private static final SpiffeId REVIEWS = SpiffeId.of(DOMAIN, "default", "reviews");
    private static final SpiffeId RATINGS = SpiffeId.of(DOMAIN, "default", "ratings");
    private static final Duration GRACE = Duration.ofSeconds(InboundConnections.GRACE_SECONDS);
    private static final Duration ALL = GRACE.plusSeconds(InboundConnections.SPREAD_SECONDS);

    private final TestCa ca = TestCa.root(DOMAIN);
    private final TestCa next = TestCa.root(DOMAIN);
    private final FakeScheduler time = new FakeScheduler(new FakeClock(Instant.now()));
    private final List<ManagedChannel> channels = new ArrayList<>();
    private Mesh reviews;
    private Mesh ratings;
    private Server server;
    private ManagedChannel channel;

    @BeforeEach
    void start() throws Exception {
        ratings = mesh(MeshConfig.builder()
                .inbound(new InboundConfig(InboundConfig.Mtls.STRICT, List.of(), ""))
                .build());
        ratings.identity().update(ca.issue("default", "ratings"), both());
        server = MeshGrpc.server(0, ratings)
                .addService(TextService.answering(request -> String.valueOf(MeshGrpc.PEER.get())))
                .build()
                .start();
        reviews = mesh(MeshConfig.builder()
                .cluster(ClusterConfig.of("text")
                        .endpoint("127.0.0.1", server.getPort())
                        .withTls(new ClientTlsConfig(ClientTlsConfig.Mode.MESH, Set.of(RATINGS.toString()), null)))
                .virtualHost(
                        VirtualHostConfig.of("text:9080", RouteConfig.to("text").withRetry(RetryConfig.NONE)))
                .build());
        reviews.identity().update(ca.issue("default", "reviews"), both());
        channel = keep(MeshGrpc.channel("text:9080", reviews));
    }

    @AfterEach
    void stop() throws InterruptedException {
        for (ManagedChannel each : channels) {
            each.shutdownNow();
            assertThat(each.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        server.shutdownNow();
        reviews.close();
        ratings.close();
    }

    /** Trap 44: a stream that never ends must not keep others on the connection it began on, nor be cut for a mere renewal. */
    @Test
    void longStreamOutlivesRenewalsOfBothSides() throws Exception {
        Chat chat = new Chat(channel);
        for (int i = 0; i < 3; i++) {
            reviews.identity().update(ca.issue("default", "reviews"), both());
            ratings.identity().update(ca.issue("default", "ratings"), both());
            time.advance(ALL);
            assertThat(unary(channel)).isEqualTo(REVIEWS.toString());
            assertThat(chat.says("hello")).isEqualTo("echo hello");
        }
    }

    @Test
    void callersThatKeepTheirConnectionAreAskedToConnectAgainAfterARenewal() throws Exception {
        BlockingQueue<X509Certificate> servers = new LinkedBlockingQueue<>();
        ManagedChannel stock = stock(servers);
        assertThat(unary(stock)).isEqualTo(REVIEWS.toString());
        servers.take();
        ratings.identity().update(ca.issue("default", "ratings"), both());
        assertThat(unary(stock)).isEqualTo(REVIEWS.toString());
        assertThat(servers).as("the old connection, for a while").isEmpty();
        CompletableFuture<Void> gone = new CompletableFuture<>();
        stock.notifyWhenStateChanged(io.grpc.ConnectivityState.READY, () -> gone.complete(null));
        time.advance(ALL);
        gone.get(20, TimeUnit.SECONDS);
        assertThat(unary(stock)).isEqualTo(REVIEWS.toString());
        assertThat(Objects.requireNonNull(servers.poll(20, TimeUnit.SECONDS)))
                .isEqualTo(leaf(ratings))
                .isNotNull();
    }

    /** Trap 45, first half: pooled connections never shake hands again. */
    @Test
    void removedRootRefusesTheVeryNextCallOnAnOpenConnection() {
        ManagedChannel stock = stock(new LinkedBlockingQueue<>());
        assertThat(unary(stock)).isEqualTo(REVIEWS.toString());
        ratings.identity().update(next.issue("default", "ratings"), next.bundle());
        assertStatus(Status.Code.UNAVAILABLE, stock);
    }

    @Test
    void deniedPeerIsRefusedOnTheConnectionItHasAndItsStreamsEndWithinTheGrace() throws Exception {
        ManagedChannel stock = stock(new LinkedBlockingQueue<>());
        Chat chat = new Chat(stock);
        trust(ratings, both().withDenied(new DenyList(Map.of(), Set.of(REVIEWS))));
        assertStatus(Status.Code.UNAVAILABLE, stock);
        time.advance(GRACE);
        assertThat(chat.end()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    /** Trap 45, second half: a resumed session would not ask the trust manager; the cache of the client is left as it is. */
    @Test
    void removedRootIsNotSavedByASessionThatCouldBeResumed() throws Exception {
        ManagedChannel first = stock(new LinkedBlockingQueue<>());
        assertThat(unary(first)).isEqualTo(REVIEWS.toString());
        trust(ratings, next.bundle());
        assertStatus(Status.Code.UNAVAILABLE, stock(new LinkedBlockingQueue<>()));
    }

    @Test
    void streamsToAServerWhoseRootHasBeenRemovedEndRetriablyAfterTheGrace() throws Exception {
        Chat chat = new Chat(channel);
        trust(reviews, next.bundle());
        time.advance(GRACE.minusMillis(1));
        assertThat(chat.says("still here")).isEqualTo("echo still here");
        time.advance(Duration.ofMillis(1));
        assertThat(chat.end()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void anotherRootRemovedLeavesStreamsAlone() throws Exception {
        Chat chat = new Chat(channel);
        trust(reviews, ca.bundle());
        trust(ratings, ca.bundle());
        time.advance(ALL);
        assertThat(chat.says("hello")).isEqualTo("echo hello");
    }

    @Test
    void handshakesThatRaceRotationsNeverFail() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> rotations = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            for (; !done.get(); count++) {
                TestCa issuer = count % 2 == 0 ? ca : next;
                reviews.identity().update(issuer.issue("default", "reviews"), both());
                ratings.identity().update(issuer.issue("default", "ratings"), both());
            }
            return count;
        });
        try {
            for (int i = 0; i < 300; i++) {
                assertThat(unary(channel)).isEqualTo(REVIEWS.toString());
            }
        } finally {
            done.set(true);
        }
        assertThat(rotations.get(20, TimeUnit.SECONDS)).isGreaterThan(10);
    }

    // -- fixtures

    /** A stream that both sides keep open. */
    private static final class Chat implements StreamObserver<String> {
        private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        private final CompletableFuture<Void> end = new CompletableFuture<>();
        private final StreamObserver<String> out;

        Chat(ManagedChannel channel) throws InterruptedException {
            out = ClientCalls.asyncBidiStreamingCall(channel.newCall(TextService.BIDI, CallOptions.DEFAULT), this);
            assertThat(says("first")).isEqualTo("echo first");
        }

        String says(String text) throws InterruptedException {
            out.onNext(text);
            return heard.poll(20, TimeUnit.SECONDS);
        }

        Status.Code end() throws Exception {
            try {
                end.get(20, TimeUnit.SECONDS);
                return Status.Code.OK;
            } catch (ExecutionException e) {
                return Status.fromThrowable(e.getCause()).getCode();
            }
        }

        @Override
        public void onNext(String value) {
            heard.add(value);
        }

        @Override
        public void onError(Throwable failure) {
            end.completeExceptionally(failure);
        }

        @Override
        public void onCompleted() {
            end.complete(null);
        }
    }

    private static void assertStatus(Status.Code code, ManagedChannel channel) {
        assertThatThrownBy(() -> unary(channel))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).as("%s", e).isEqualTo(code));
    }

    /** {@return a channel that keeps its certificate and its connection, as clients without a mesh do} */
    private ManagedChannel stock(BlockingQueue<X509Certificate> servers) {
        IdentityEpoch epoch = Objects.requireNonNull(reviews.identity().current());
        try {
            return keep(NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                    .sslContext(GrpcSslContexts.configure(SslContextBuilder.forClient()
                                    .keyManager(epoch.keyManager())
                                    .trustManager(epoch.trustManager(
                                            new PeerExpectation(Set.of(RATINGS), ""), chain -> servers.add(chain[0]))))
                            .protocols("TLSv1.3")
                            .build())
                    .build());
        } catch (javax.net.ssl.SSLException e) {
            throw new IllegalStateException(e);
        }
    }

    private Mesh mesh(MeshConfig config) {
        return Mesh.builder().config(config).clock(time.clock()).scheduler(time).build();
    }

    private ManagedChannel keep(ManagedChannel made) {
        channels.add(made);
        return made;
    }

    private TrustBundle both() {
        return TrustBundle.of(DOMAIN, Set.of(ca.rootCertificate(), next.rootCertificate()));
    }

    private static void trust(Mesh mesh, TrustBundle trust) {
        mesh.identity().update(Objects.requireNonNull(mesh.identity().current()).identity(), trust);
    }

    private static X509Certificate leaf(Mesh mesh) {
        return Objects.requireNonNull(mesh.identity().current()).identity().leaf();
    }

    private static String unary(ManagedChannel channel) {
        return ClientCalls.blockingUnaryCall(
                channel, TextService.UNARY, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), "x");
    }
}
