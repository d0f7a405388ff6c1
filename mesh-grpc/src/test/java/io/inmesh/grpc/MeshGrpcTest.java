package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import io.inmesh.Mesh;
import io.inmesh.config.AuthorizationConfig;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.StringMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls over real sockets, through the mesh and back. */
final class MeshGrpcTest {

    private final List<Server> servers = new ArrayList<>();
    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<Mesh> meshes = new ArrayList<>();

    @AfterEach
    void stop() throws InterruptedException {
        for (ManagedChannel channel : channels) {
            channel.shutdownNow();
            assertThat(channel.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
        }
        servers.forEach(Server::shutdownNow);
        meshes.forEach(Mesh::close);
    }

    @Test
    void allFourKindsOfCallsArrive() throws Exception {
        ManagedChannel channel = channel(mesh(cluster(answering("hello"))));
        assertThat(unary(channel, "x")).isEqualTo("hello");

        Iterator<String> stream =
                ClientCalls.blockingServerStreamingCall(channel, TextService.SERVER_STREAM, CallOptions.DEFAULT, "n");
        List<String> received = new ArrayList<>();
        stream.forEachRemaining(received::add);
        assertThat(received).containsExactly("n1", "n2", "n3");

        Collected collected = new Collected();
        StreamObserver<String> upload = ClientCalls.asyncClientStreamingCall(
                channel.newCall(TextService.CLIENT_STREAM, CallOptions.DEFAULT), collected);
        upload.onNext("a");
        upload.onNext("b");
        upload.onCompleted();
        assertThat(collected.all()).containsExactly("ab");

        Collected echoes = new Collected();
        StreamObserver<String> chat =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(TextService.BIDI, CallOptions.DEFAULT), echoes);
        chat.onNext("1");
        assertThat(echoes.next()).isEqualTo("echo 1");
        chat.onNext("2");
        assertThat(echoes.next()).isEqualTo("echo 2");
        chat.onCompleted();
        assertThat(echoes.all()).isEmpty();
    }

    @Test
    void longUploadIsNotLimitedByWhatIsKeptForRepetition() throws Exception {
        ManagedChannel channel = channel(mesh(cluster(answering("hello"))));
        Collected collected = new Collected();
        StreamObserver<String> upload = ClientCalls.asyncClientStreamingCall(
                channel.newCall(TextService.CLIENT_STREAM, CallOptions.DEFAULT), collected);
        for (int i = 0; i < 5 * SentRequest.MAX_REPLAY_MESSAGES; i++) {
            upload.onNext("x");
        }
        upload.onCompleted();
        assertThat(collected.all()).containsExactly("x".repeat(5 * SentRequest.MAX_REPLAY_MESSAGES));
    }

    @Test
    void secondEndpointGetsTheCallTheFirstCouldNotTake() throws Exception {
        int dead;
        try (ServerSocket socket = new ServerSocket(0)) {
            dead = socket.getLocalPort();
        }
        Server live = answering("live");
        ManagedChannel channel = channel(
                mesh(ClusterConfig.of("text").endpoint("127.0.0.1", dead).endpoint("127.0.0.1", live.getPort())));
        for (int i = 0; i < 20; i++) {
            assertThat(unary(channel, "x")).isEqualTo("live");
        }
    }

    @Test
    void statusInTheTrailersIsRetriedOnAnotherEndpoint() throws Exception {
        AtomicInteger failures = new AtomicInteger();
        Server failing = serve((request, response) -> {
            failures.incrementAndGet();
            response.onError(Status.UNAVAILABLE.withDescription("warming up").asRuntimeException());
        });
        Server live = answering("live");
        ManagedChannel channel = channel(mesh(ClusterConfig.of("text")
                .endpoint("127.0.0.1", failing.getPort())
                .endpoint("127.0.0.1", live.getPort())));
        for (int i = 0; i < 20; i++) {
            assertThat(unary(channel, "x")).isEqualTo("live");
        }
        assertThat(failures).hasPositiveValue();
    }

    @Test
    void finalStatusIsThePeersOwn() throws Exception {
        ManagedChannel channel = channel(mesh(cluster(serve((request, response) -> response.onError(
                Status.NOT_FOUND.withDescription("no such text").asRuntimeException())))));
        assertThatThrownBy(() -> unary(channel, "x")).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(e.getStatus().getDescription()).isEqualTo("no such text");
        });
    }

    @Test
    void injectedAbortHasItsStatusAndReachesNoServer() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        Server server = serve((request, response) -> {
            calls.incrementAndGet();
            response.onNext("x");
            response.onCompleted();
        });
        Mesh mesh = mesh(MeshConfig.builder()
                .cluster(cluster(server))
                .virtualHost(VirtualHostConfig.of(
                        "text:9080",
                        RouteConfig.to("text")
                                .withFault(new FaultConfig(null, new FaultConfig.Abort(-1, 8, 1_000_000)))))
                .build());
        ManagedChannel channel = channel(mesh);
        assertThatThrownBy(() -> unary(channel, "x"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
        assertThat(calls).hasValue(0);
    }

    @Test
    void noEndpointIsUnavailableWithTheFigures() {
        ManagedChannel channel = channel(mesh(ClusterConfig.of("text")));
        assertThatThrownBy(() -> unary(channel, "x")).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(e.getStatus().getDescription()).contains("text");
        });
    }

    @Test
    void routeTimeoutEndsTheCall() throws Exception {
        CompletableFuture<Void> release = new CompletableFuture<>();
        Server slow = serve((request, response) -> release.thenRun(() -> {
            response.onNext("late");
            response.onCompleted();
        }));
        Mesh mesh = mesh(MeshConfig.builder()
                .cluster(cluster(slow))
                .virtualHost(
                        VirtualHostConfig.of("text:9080", RouteConfig.to("text").withTimeout(Duration.ofMillis(200))))
                .build());
        ManagedChannel channel = channel(mesh);
        assertThatThrownBy(() -> unary(channel, "x"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED));
        release.complete(null);
    }

    @Test
    void unknownNameIsCalledAsGrpcWould() throws Exception {
        Server server = answering("plain");
        Mesh mesh = mesh(MeshConfig.EMPTY);
        ManagedChannel channel = keep(MeshGrpc.channel("127.0.0.1:" + server.getPort(), mesh));
        assertThat(unary(channel, "x")).isEqualTo("plain");
    }

    @Test
    void bothSidesProveTheirIdentity() throws Exception {
        TestCa ca = TestCa.root("test.local");
        Secured secured = secured(ca, InboundConfig.Mtls.STRICT, List.of());
        Mesh client = client(ca, secured.server.getPort(), "ratings");
        assertThat(unary(channel(client), "x")).isEqualTo("spiffe://test.local/ns/default/sa/reviews");
    }

    @Test
    void peerWithAnotherIdentityThanExpectedIsNotCalled() throws Exception {
        TestCa ca = TestCa.root("test.local");
        Secured secured = secured(ca, InboundConfig.Mtls.STRICT, List.of());
        Mesh client = client(ca, secured.server.getPort(), "somebody-else");
        ManagedChannel channel = channel(client);
        assertThatThrownBy(() -> unary(channel, "x"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE));
        assertThat(secured.calls).hasValue(0);
    }

    @Test
    void clientWithoutCertificateIsRefused() throws Exception {
        TestCa ca = TestCa.root("test.local");
        Secured secured = secured(ca, InboundConfig.Mtls.STRICT, List.of());
        ManagedChannel channel = channel(mesh(cluster(secured.server)));
        assertThatThrownBy(() -> unary(channel, "x")).isInstanceOf(StatusRuntimeException.class);
        assertThat(secured.calls).hasValue(0);
    }

    @Test
    void authorizationPolicyDecides() throws Exception {
        TestCa ca = TestCa.root("test.local");
        Secured secured = secured(
                ca,
                InboundConfig.Mtls.STRICT,
                List.of(new AuthorizationConfig(
                        AuthorizationConfig.Action.DENY,
                        List.of(new AuthorizationConfig.Policy(
                                "no-payments", new Condition.Path(StringMatch.exact("/test.Text/Pay")))))));
        ManagedChannel channel = channel(client(ca, secured.server.getPort(), "ratings"));
        assertThat(unary(channel, "x")).startsWith("spiffe://");
        assertThatThrownBy(() -> ClientCalls.blockingUnaryCall(channel, TextService.PAY, CallOptions.DEFAULT, "x"))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED));
    }

    @Test
    void renewedCertificateIsUsedByTheNextCallWhileALongStreamLivesOn() throws Exception {
        TestCa ca = TestCa.root("test.local");
        Secured secured = secured(ca, InboundConfig.Mtls.STRICT, List.of());
        Mesh client = client(ca, secured.server.getPort(), "ratings");
        ManagedChannel channel = channel(client);
        Collected echoes = new Collected();
        StreamObserver<String> chat =
                ClientCalls.asyncBidiStreamingCall(channel.newCall(TextService.BIDI, CallOptions.DEFAULT), echoes);
        chat.onNext("before");
        assertThat(echoes.next()).isEqualTo("echo before");

        client.identity().update(ca.issue("default", "details"), ca.bundle());
        assertThat(unary(channel, "x")).isEqualTo("spiffe://test.local/ns/default/sa/details");

        chat.onNext("after");
        assertThat(echoes.next()).isEqualTo("echo after");
        chat.onCompleted();
        assertThat(echoes.all()).isEmpty();
    }

    @Test
    void cancelledCallEndsAtOnceAndTheServerHearsOfIt() throws Exception {
        CompletableFuture<Void> heard = new CompletableFuture<>();
        Server server = serve((request, response) -> ((io.grpc.stub.ServerCallStreamObserver<String>) response)
                .setOnCancelHandler(() -> heard.complete(null)));
        ManagedChannel channel = channel(mesh(cluster(server)));
        var call = channel.newCall(TextService.UNARY, CallOptions.DEFAULT);
        var future = ClientCalls.futureUnaryCall(call, "x");
        call.cancel("not needed any more", null);
        assertThatThrownBy(() -> future.get(10, TimeUnit.SECONDS)).hasRootCauseInstanceOf(StatusRuntimeException.class);
    }

    @Test
    void endThatNoAttemptTellsIsToldOnAThreadMadeForThat() {
        ManagedChannel channel = channel(mesh(MeshConfig.builder().build()));
        channel.shutdown();
        CompletableFuture<String> toldOn = new CompletableFuture<>();

        channel.newCall(TextService.UNARY, CallOptions.DEFAULT)
                .start(
                        new ClientCall.Listener<>() {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                toldOn.complete(Thread.currentThread().getName());
                            }
                        },
                        new Metadata());

        assertThat(toldOn.join()).startsWith("inmesh-ended-");
    }

    // -- fixtures

    private record Secured(Server server, AtomicInteger calls) {}

    private Secured secured(TestCa ca, InboundConfig.Mtls mtls, List<AuthorizationConfig> policies) throws IOException {
        Mesh mesh = mesh(MeshConfig.builder()
                .inbound(new InboundConfig(mtls, policies, ""))
                .build());
        mesh.identity().update(ca.issue("default", "ratings"), ca.bundle());
        AtomicInteger calls = new AtomicInteger();
        Server server = MeshGrpc.server(0, mesh)
                .addService(TextService.definition((request, response) -> {
                    calls.incrementAndGet();
                    response.onNext(String.valueOf(MeshGrpc.PEER.get()));
                    response.onCompleted();
                }))
                .build()
                .start();
        servers.add(server);
        return new Secured(server, calls);
    }

    private Mesh client(TestCa ca, int port, String expected) {
        Mesh mesh = mesh(ClusterConfig.of("text")
                .endpoint("127.0.0.1", port)
                .withTls(new ClientTlsConfig(
                        ClientTlsConfig.Mode.MESH,
                        Set.of(SpiffeId.of("test.local", "default", expected).toString()),
                        "outbound_.9080_._.text.default.svc.cluster.local")));
        mesh.identity().update(ca.issue("default", "reviews"), ca.bundle());
        return mesh;
    }

    private Server answering(String text) throws IOException {
        return serve((request, response) -> {
            response.onNext(text);
            response.onCompleted();
        });
    }

    private Server serve(TextService.Unary unary) throws IOException {
        Server server = NettyServerBuilder.forPort(0)
                .addService(ServerInterceptors.intercept(TextService.definition(unary)))
                .build()
                .start();
        servers.add(server);
        return server;
    }

    private static ClusterConfig cluster(Server server) {
        return ClusterConfig.of("text").endpoint("127.0.0.1", server.getPort());
    }

    private Mesh mesh(ClusterConfig cluster) {
        return mesh(MeshConfig.builder()
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of("text:9080", RouteConfig.to("text")))
                .build());
    }

    private Mesh mesh(MeshConfig config) {
        Mesh mesh = Mesh.of(config);
        meshes.add(mesh);
        return mesh;
    }

    private ManagedChannel channel(Mesh mesh) {
        return keep(MeshGrpc.channel("text:9080", mesh));
    }

    private ManagedChannel keep(ManagedChannel channel) {
        channels.add(channel);
        return channel;
    }

    private static String unary(ManagedChannel channel, String request) {
        return ClientCalls.blockingUnaryCall(
                channel, TextService.UNARY, CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS), request);
    }

    private static final class Collected implements StreamObserver<String> {
        private final LinkedBlockingQueue<String> values = new LinkedBlockingQueue<>();
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        @Override
        public void onNext(String value) {
            values.add(value);
        }

        @Override
        public void onError(Throwable t) {
            end.completeExceptionally(t);
        }

        @Override
        public void onCompleted() {
            end.complete(null);
        }

        String next() throws InterruptedException {
            return values.poll(20, TimeUnit.SECONDS);
        }

        List<String> all() throws Exception {
            end.get(20, TimeUnit.SECONDS);
            return List.copyOf(values);
        }
    }
}
