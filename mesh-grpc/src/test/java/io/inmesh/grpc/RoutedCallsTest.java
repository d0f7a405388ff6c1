package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.inmesh.Mesh;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.HeaderEditsConfig.Header;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.PathMatch;
import io.inmesh.config.RewriteConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.Mirror;
import io.inmesh.config.RouteAction.WeightedCluster;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.RouteMatch;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.observe.MeshObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What routes do to gRPC calls, whose methods are paths and whose metadata are headers. */
final class RoutedCallsTest {

    private static final long SECONDS = 20;
    private static final Metadata.Key<String> SET = Metadata.Key.of("x-set", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> TRACE = Metadata.Key.of("traceparent", Metadata.ASCII_STRING_MARSHALLER);

    private final List<Server> servers = new ArrayList<>();
    private final List<AutoCloseable> closing = new ArrayList<>();
    private final Log log = new Log();

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable resource : closing) {
            resource.close();
        }
        servers.forEach(Server::shutdownNow);
    }

    @Test
    void pathAndAuthorityAreRewrittenAndMetadataEdited() throws Exception {
        Seen seen = new Seen();
        Server server = serve("answer", seen);
        RouteConfig route = RouteConfig.of(
                        "pay",
                        new RouteMatch(PathMatch.exact("/test.Text/Pay"), List.of(), List.of()),
                        RouteAction.to("text"))
                .withRewrite(new RewriteConfig("/test.Text/Unary", null, null, "elsewhere:81"))
                .withHeaders(edits("x-set", "request"), edits("x-set", "response"));
        ManagedChannel channel = channel(mesh(route, cluster("text", server)));

        AtomicReference<Metadata> headers = new AtomicReference<>();
        AtomicReference<Metadata> trailers = new AtomicReference<>();
        String answer = ClientCalls.blockingUnaryCall(
                io.grpc.ClientInterceptors.intercept(
                        channel, MetadataUtils.newCaptureMetadataInterceptor(headers, trailers)),
                TextService.PAY,
                CallOptions.DEFAULT,
                "x");

        assertThat(answer).isEqualTo("answer");
        Seen.Request request = seen.next();
        assertThat(request.method()).isEqualTo("test.Text/Unary");
        assertThat(request.authority()).isEqualTo("elsewhere:81");
        assertThat(request.headers().getAll(SET)).containsExactly("request");
        assertThat(headers.get().get(SET)).isEqualTo("response");
    }

    @Test
    void responseEditsReachAnAnswerThatIsAStatusOnly() throws Exception {
        Server server = servers(RoutedCallsTest::refuse, new Seen());
        ManagedChannel channel = channel(mesh(
                RouteConfig.to("text").withHeaders(HeaderEditsConfig.NONE, edits("x-set", "edited")),
                cluster("text", server)));
        assertThatThrownBy(() -> unary(channel)).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
            assertThat(e.getTrailers().get(SET)).isEqualTo("edited");
        });
    }

    @Test
    void redirectsAndDirectResponsesBecomeAStatus() {
        ManagedChannel redirected = channel(mesh(
                RouteConfig.of("away", RouteMatch.ANY, new RouteAction.Redirect(302, null, "other", -1, null, null))));
        assertThatThrownBy(() -> unary(redirected))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN));

        ManagedChannel closed = channel(
                mesh(RouteConfig.of("closed", RouteMatch.ANY, new RouteAction.DirectResponse(503, "closed for today"))
                        .withHeaders(HeaderEditsConfig.NONE, edits("x-set", "direct"))));
        assertThatThrownBy(() -> unary(closed)).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(e.getStatus().getDescription()).isEqualTo("closed for today");
            assertThat(e.getTrailers().get(SET)).isEqualTo("direct");
        });
    }

    @Test
    void unaryCallsAreCopiedWithTheirMetadataUnsampled() throws Exception {
        Seen seen = new Seen();
        Server mirror = serve("never heard", seen);
        ManagedChannel channel =
                channel(mesh(mirrored(), cluster("text", serve("answer", new Seen())), cluster("mirror", mirror)));
        Metadata headers = new Metadata();
        headers.put(SET, "mine");
        headers.put(TRACE, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        String answer = ClientCalls.blockingUnaryCall(
                io.grpc.ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers)),
                TextService.UNARY,
                CallOptions.DEFAULT,
                "question");

        assertThat(answer).isEqualTo("answer");
        Seen.Request copy = seen.next();
        assertThat(copy.message()).isEqualTo("question");
        assertThat(copy.headers().get(SET)).isEqualTo("mine");
        assertThat(copy.headers().get(TRACE)).endsWith("-00");
        assertThat(log.next()).isEqualTo("ended mirror 0");
    }

    @Test
    void aCopyOutlivesTheRequestItsCallWasMadeFor() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        Seen seen = new Seen();
        Server mirror = servers(
                (request, response) -> {
                    try {
                        release.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    response.onNext("late");
                    response.onCompleted();
                },
                seen);
        ManagedChannel channel =
                channel(mesh(mirrored(), cluster("text", serve("answer", new Seen())), cluster("mirror", mirror)));
        Context.CancellableContext request = Context.current().withCancellation();
        request.run(() -> assertThat(unary(channel)).isEqualTo("answer"));
        request.cancel(null);
        release.countDown();

        assertThat(log.next()).isEqualTo("ended mirror 0");
    }

    @Test
    void copiesEndWithTheMesh() throws Exception {
        Seen seen = new Seen();
        Server mirror = servers((request, response) -> {}, seen);
        Mesh mesh = mesh(mirrored(), cluster("text", serve("answer", new Seen())), cluster("mirror", mirror));
        ManagedChannel channel = channel(mesh);
        assertThat(unary(channel)).isEqualTo("answer");
        seen.next();

        mesh.close();
        assertThat(log.next()).isEqualTo("ended mirror cancelled");
    }

    @Test
    void streamsAreNotCopiedAndThatIsReported() throws Exception {
        ManagedChannel channel = channel(mesh(
                mirrored(), cluster("text", serve("answer", new Seen())), cluster("mirror", serve("x", new Seen()))));
        List<String> received = new ArrayList<>();
        ClientCalls.blockingServerStreamingCall(channel, TextService.SERVER_STREAM, CallOptions.DEFAULT, "n")
                .forEachRemaining(received::add);
        assertThat(received).containsExactly("n1", "n2", "n3");
        assertThat(log.next()).isEqualTo("skipped mirror STREAMING");
    }

    private static String unary(ManagedChannel channel) {
        return ClientCalls.blockingUnaryCall(channel, TextService.UNARY, CallOptions.DEFAULT, "x");
    }

    private static void refuse(String request, io.grpc.stub.StreamObserver<String> response) {
        response.onError(Status.NOT_FOUND.asRuntimeException());
    }

    private static HeaderEditsConfig edits(String name, String value) {
        return new HeaderEditsConfig(List.of(new Header(name, value)), List.of(), List.of());
    }

    private static RouteConfig mirrored() {
        return RouteConfig.of(
                "default",
                RouteMatch.ANY,
                new RouteAction.Forward(
                        List.of(WeightedCluster.of("text", 1)), List.of(new Mirror("mirror", 1_000_000))));
    }

    private Mesh mesh(RouteConfig route, ClusterConfig... clusters) {
        MeshConfig.Builder config = MeshConfig.builder();
        for (ClusterConfig cluster : clusters) {
            config.cluster(cluster);
        }
        Mesh mesh = Mesh.builder()
                .config(config.virtualHost(VirtualHostConfig.of("text:9080", route))
                        .build())
                .observer(log)
                .build();
        closing.add(mesh);
        return mesh;
    }

    private ManagedChannel channel(Mesh mesh) {
        ManagedChannel channel = MeshGrpc.channel("text:9080", mesh);
        closing.add(0, channel::shutdownNow);
        return channel;
    }

    private static ClusterConfig cluster(String name, Server server) {
        return ClusterConfig.of(name).endpoint("127.0.0.1", server.getPort());
    }

    private Server serve(String answer, Seen seen) throws IOException {
        return servers(
                (request, response) -> {
                    response.onNext(answer);
                    response.onCompleted();
                },
                seen);
    }

    private Server servers(TextService.Unary unary, Seen seen) throws IOException {
        Server server = NettyServerBuilder.forAddress(new java.net.InetSocketAddress("127.0.0.1", 0))
                .addService(ServerInterceptors.intercept(
                        TextService.definition((request, response) -> {
                            seen.message(request);
                            unary.answer(request, response);
                        }),
                        seen))
                .build()
                .start();
        servers.add(server);
        return server;
    }

    /** What one server was asked. */
    private static final class Seen implements ServerInterceptor {

        private static final Context.Key<Request> REQUEST = Context.key("request");

        private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();

        record Request(String method, String authority, Metadata headers, String message) {}

        Request next() throws InterruptedException {
            Request request = requests.poll(SECONDS, TimeUnit.SECONDS);
            assertThat(request).isNotNull();
            return request;
        }

        void message(String message) {
            Request request = REQUEST.get();
            requests.add(new Request(request.method(), request.authority(), request.headers(), message));
        }

        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            Request request = new Request(
                    call.getMethodDescriptor().getFullMethodName(), String.valueOf(call.getAuthority()), headers, "");
            return io.grpc.Contexts.interceptCall(Context.current().withValue(REQUEST, request), call, headers, next);
        }
    }

    private static final class Log implements MeshObserver {
        private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

        String next() throws InterruptedException {
            String line = lines.poll(SECONDS, TimeUnit.SECONDS);
            return line == null ? "nothing" : line;
        }

        @Override
        public void mirrorEnded(String cluster, Call copy, Outcome outcome, long durationNanos) {
            lines.add("ended " + cluster + " "
                    + (outcome instanceof Outcome.Response response
                            ? Integer.toString(response.grpcStatus())
                            : outcome instanceof Outcome.Cancelled ? "cancelled" : outcome.toString()));
        }

        @Override
        public void mirrorSkipped(String cluster, MirrorSkip why) {
            lines.add("skipped " + cluster + " " + why);
        }
    }
}
