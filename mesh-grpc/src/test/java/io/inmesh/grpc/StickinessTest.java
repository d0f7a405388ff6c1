package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.inmesh.Mesh;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HashKeyConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls whose metadata hold equal keys go to one of several servers, over real sockets. */
final class StickinessTest {

    private static final int SERVERS = 4;
    private static final Metadata.Key<String> USER = Metadata.Key.of("user", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> COOKIE = Metadata.Key.of("cookie", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> SET_COOKIE =
            Metadata.Key.of("set-cookie", Metadata.ASCII_STRING_MARSHALLER);
    private static final HashKeyConfig BY_USER = new HashKeyConfig.Header("user", false);
    private static final HashKeyConfig BY_COOKIE =
            new HashKeyConfig.Cookie("seat", Duration.ofMinutes(1), "/", List.of(), false);

    private final Map<String, Server> servers = new LinkedHashMap<>();
    private final ConcurrentLinkedQueue<String> sentCookies = new ConcurrentLinkedQueue<>();
    private Mesh mesh;
    private ManagedChannel channel;

    @BeforeEach
    void serve() throws IOException {
        for (int i = 0; i < SERVERS; i++) {
            String name = "server-" + i;
            Server server = NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
                    .addService(ServerInterceptors.intercept(TextService.answering(request -> name), new Cookies()))
                    .build()
                    .start();
            servers.put(name, server);
        }
    }

    @AfterEach
    void stop() {
        channel.shutdownNow();
        mesh.close();
        servers.values().forEach(Server::shutdownNow);
    }

    @ParameterizedTest
    @EnumSource(names = {"RING_HASH", "MAGLEV"})
    void callsWithOneKeyGoToOneServerAndThoseOfManyToAll(LoadBalancer kind) {
        open(kind, BY_USER);
        String own = asUser("jason");
        for (int i = 0; i < 50; i++) {
            assertThat(asUser("jason")).isEqualTo(own);
        }
        assertThat(new HashSet<>(owners().values())).isEqualTo(servers.keySet());
    }

    @ParameterizedTest
    @EnumSource(names = {"RING_HASH", "MAGLEV"})
    void keysOfAServerThatIsGoneMoveOnceAndNoOthers(LoadBalancer kind) throws InterruptedException {
        open(kind, BY_USER);
        Map<String, String> before = owners();
        String gone = before.get("user-0");
        assertThat(servers.get(gone).shutdownNow().awaitTermination(30, TimeUnit.SECONDS))
                .isTrue();

        Map<String, String> after = owners();
        Map<String, String> later = owners();

        assertThat(after.values()).doesNotContain(gone);
        before.forEach((user, owner) -> {
            if (!owner.equals(gone)) {
                assertThat(after).containsEntry(user, owner);
            }
        });
        assertThat(later).isEqualTo(after);
    }

    @Test
    void aCallWithoutTheCookieIsGivenOneInTheHeadersOfItsAnswer() {
        open(LoadBalancer.RING_HASH, BY_COOKIE);
        for (int round = 0; round < 20; round++) {
            Answer first = call(new Metadata());
            String made = first.headers().get(SET_COOKIE);
            assertThat(made).matches("seat=[0-9a-f]+; Max-Age=60; Path=/; HttpOnly");
            String pair = made.substring(0, made.indexOf(';'));
            assertThat(sentCookies.poll())
                    .as("the server sees the cookie at once")
                    .isEqualTo(pair);

            Answer next = call(metadata(COOKIE, pair));

            assertThat(next.text()).isEqualTo(first.text());
            assertThat(next.headers().containsKey(SET_COOKIE)).isFalse();
            assertThat(sentCookies.poll()).isEqualTo(pair);
        }
    }

    @Test
    void aMadeCookieIsAddedToThoseOfTheApplication() {
        open(LoadBalancer.RING_HASH, BY_COOKIE);
        Metadata two = metadata(COOKIE, "theme=dark");
        two.put(COOKIE, "lang=en");

        call(two);

        assertThat(sentCookies.poll()).matches("theme=dark; lang=en; seat=[0-9a-f]+");
    }

    private void open(LoadBalancer kind, HashKeyConfig key) {
        ClusterConfig cluster = ClusterConfig.of("text").withLoadBalancer(kind);
        for (Server server : servers.values()) {
            cluster = cluster.endpoint("127.0.0.1", server.getPort());
        }
        mesh = Mesh.of(MeshConfig.builder()
                .cluster(cluster)
                .virtualHost(
                        VirtualHostConfig.of("text:9080", RouteConfig.to("text").withHashOn(List.of(key))))
                .build());
        channel = MeshGrpc.channel("text:9080", mesh);
    }

    /** {@return the server of each of many users} */
    private Map<String, String> owners() {
        Map<String, String> owners = new LinkedHashMap<>();
        for (int i = 0; i < 64; i++) {
            owners.put("user-" + i, asUser("user-" + i));
        }
        return owners;
    }

    private String asUser(String user) {
        return call(metadata(USER, user)).text();
    }

    private static Metadata metadata(Metadata.Key<String> key, String value) {
        Metadata metadata = new Metadata();
        metadata.put(key, value);
        return metadata;
    }

    private Answer call(Metadata sent) {
        AtomicReference<Metadata> headers = new AtomicReference<>();
        Channel intercepted = ClientInterceptors.intercept(
                channel,
                MetadataUtils.newAttachHeadersInterceptor(sent),
                MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
        String text = ClientCalls.blockingUnaryCall(intercepted, TextService.UNARY, CallOptions.DEFAULT, "x");
        return new Answer(text, headers.get());
    }

    private record Answer(String text, Metadata headers) {}

    /** Notes what cookies arrive, as one header. */
    private final class Cookies implements ServerInterceptor {
        @Override
        public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
                ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
            Iterable<String> cookies = headers.getAll(COOKIE);
            if (cookies != null) {
                sentCookies.add(String.join(" | ", cookies));
            }
            return next.startCall(call, headers);
        }
    }
}
