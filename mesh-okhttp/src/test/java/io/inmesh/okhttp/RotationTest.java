package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.TrustBundle;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What another certificate and other roots do to the connections of a meshed client, over real sockets. */
class RotationTest {

    private static final String DOMAIN = "test.local";
    private static final Duration GRACE = Duration.ofSeconds(Targets.GRACE_SECONDS);

    @RegisterExtension
    final Net net = new Net();

    private final TestCa ca = TestCa.root(DOMAIN);
    private final TestCa next = TestCa.root(DOMAIN);
    private final FakeScheduler time = new FakeScheduler(new FakeClock(Instant.now()));
    private final IdentityHolder reviews = ca.holder("default", "reviews");
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /** Trap 44: neither idle nor busy connections of an old certificate are kept, and no call is cut. */
    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void connectionInUseIsClosedAsSoonAsItsCallHasEnded(String scheme) throws Exception {
        MockWebServer server = server();
        Mesh mesh = mesh(server);
        OkHttpClient client = client(mesh);
        Received slow = new Received();
        client.newCall(Net.get(scheme + "://reviews:9080/slow")).enqueue(slow);
        server.takeRequest();
        mesh.identity().update(ca.issue("default", "ratings"), both());
        assertThat(Net.call(client, scheme + "://reviews:9080/")).startsWith("200");
        assertThat(sockets).hasSize(2).noneMatch(Socket::isClosed);

        release.countDown();
        try (Response response = slow.response()) {
            assertThat(response.body().string()).isEqualTo("done");
        }

        assertThat(sockets.get(0).isClosed()).isTrue();
        assertThat(sockets.get(1).isClosed()).as("the one of now").isFalse();
    }

    @Test
    void connectionsOfTheApplicationsOwnClientAreLeftAlone() throws Exception {
        MockWebServer foreign = net.answering("foreign");
        MockWebServer server = server();
        Mesh mesh = mesh(server);
        OkHttpClient application = new OkHttpClient();
        client(application, mesh);
        assertThat(Net.call(application, foreign.url("/").toString())).isEqualTo("200 foreign");

        mesh.identity().update(ca.issue("default", "ratings"), both());

        assertThat(application.connectionPool().idleConnectionCount()).isEqualTo(1);
        application.connectionPool().evictAll();
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void callToAServerWhoseRootHasBeenRemovedEndsAfterTheGrace(String scheme) throws Exception {
        MockWebServer server = server();
        Mesh mesh = mesh(server);
        OkHttpClient client = client(mesh);
        Received slow = new Received();
        client.newCall(Net.get(scheme + "://reviews:9080/slow")).enqueue(slow);
        server.takeRequest();

        // Under a renewal first, after which the connection is out of use but not out of sight.
        mesh.identity().update(ca.issue("default", "ratings"), both());
        time.advance(GRACE);
        mesh.identity().update(ca.issue("default", "ratings"), next.bundle());
        time.advance(GRACE.minusMillis(1));
        assertThat(sockets.get(0).isClosed()).isFalse();
        time.advance(Duration.ofMillis(1));

        release.countDown();
        assertThatThrownBy(slow::response).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void callToAServerOfAnotherRootGoesOn() throws Exception {
        MockWebServer server = server();
        Mesh mesh = mesh(server);
        Received slow = new Received();
        client(mesh).newCall(Net.get(Net.REVIEWS + "slow")).enqueue(slow);
        server.takeRequest();

        mesh.identity().update(ca.issue("default", "ratings"), ca.bundle());
        time.advance(GRACE);

        release.countDown();
        try (Response response = slow.response()) {
            assertThat(response.body().string()).isEqualTo("done");
        }
    }

    /** As when a root is removed while a request made under it is on its way. */
    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST"})
    void requestThatIsRefusedForTheOldIdentityOfItsConnectionGoesAgainWithTheNewOne(String method) throws Exception {
        MockWebServer server = net.serving(
                request -> {
                    if (request.getConnectionIndex() > 0) {
                        return new MockResponse.Builder().body("done").build();
                    }
                    release.await(1, TimeUnit.MINUTES);
                    return new MockResponse.Builder().code(421).build();
                },
                each -> {
                    each.useHttps(ServerTls.serverContext(reviews).getSocketFactory());
                    each.requireClientAuth();
                });
        Mesh mesh = mesh(server);
        Received slow = new Received();
        client(mesh)
                .newCall(Net.get(Net.REVIEWS)
                        .newBuilder()
                        .method(method, method.equals("GET") ? null : RequestBody.create("body", null))
                        .build())
                .enqueue(slow);
        server.takeRequest();
        mesh.identity().update(ca.issue("default", "ratings"), both());
        release.countDown();
        try (Response response = slow.response()) {
            assertThat(response.body().string()).isEqualTo("done");
        }
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void requestThatIsRefusedUnderTheIdentityOfNowIsAnswered() throws Exception {
        MockWebServer server =
                net.serving(request -> new MockResponse.Builder().code(421).build(), each -> {
                    each.useHttps(ServerTls.serverContext(reviews).getSocketFactory());
                    each.requireClientAuth();
                });
        assertThat(Net.call(client(mesh(server)), Net.REVIEWS)).startsWith("421");
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http", "https"})
    void handshakesThatRaceRotationsNeverFail(String scheme) throws Exception {
        reviews.update(Objects.requireNonNull(reviews.current()).identity(), both());
        Mesh mesh = mesh(server());
        OkHttpClient client = client(mesh);
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Integer> rotations = CompletableFuture.supplyAsync(() -> {
            int count = 0;
            for (; !done.get(); count++) {
                TestCa issuer = count % 2 == 0 ? ca : next;
                mesh.identity().update(issuer.issue("default", "ratings"), both());
                reviews.update(issuer.issue("default", "reviews"), both());
            }
            return count;
        });
        try {
            for (int i = 0; i < 100; i++) {
                assertThat(Net.call(client, scheme + "://reviews:9080/")).isEqualTo("200 done");
            }
        } finally {
            done.set(true);
        }
        assertThat(rotations.get(20, TimeUnit.SECONDS)).isGreaterThan(10);
    }

    private MockWebServer server() throws IOException {
        return net.serving(
                request -> {
                    if (request.getTarget().equals("/slow")) {
                        release.await(1, TimeUnit.MINUTES);
                    }
                    return new MockResponse.Builder().body("done").build();
                },
                server -> {
                    server.useHttps(ServerTls.serverContext(reviews).getSocketFactory());
                    server.requireClientAuth();
                });
    }

    private Mesh mesh(MockWebServer server) {
        Mesh mesh = net.keep(Mesh.builder()
                .config(Net.config(Net.cluster(server)
                        .withTls(new ClientTlsConfig(
                                ClientTlsConfig.Mode.MESH,
                                Set.of(SpiffeId.of(DOMAIN, "default", "reviews").toString()),
                                "reviews.default.svc.cluster.local"))))
                .clock(time.clock())
                .scheduler(time)
                .build());
        mesh.identity().update(ca.issue("default", "ratings"), both());
        return mesh;
    }

    private OkHttpClient client(Mesh mesh) {
        return client(new OkHttpClient(), mesh);
    }

    private OkHttpClient client(OkHttpClient application, Mesh mesh) {
        return net.client(
                application
                        .newBuilder()
                        .socketFactory(new PlainSocketFactory() {
                            @Override
                            public Socket createSocket() {
                                Socket socket = new Socket();
                                sockets.add(socket);
                                return socket;
                            }
                        })
                        .build(),
                mesh);
    }

    private TrustBundle both() {
        return TrustBundle.of(DOMAIN, Set.of(ca.rootCertificate(), next.rootCertificate()));
    }
}
