package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.MeshRejectedException;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.HealthCheckConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.endpoint.CheckState.Verdict;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.observe.MeshObserver;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;
import okhttp3.internal.connection.RealConnection;
import okio.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Connections to endpoints of the mesh are mutually authenticated, by one handshake. */
final class MeshTlsTest {

    private static final String SNI = "outbound_.9080_._.reviews.default.svc.cluster.local";
    private static final String HTTPS = "https://reviews:9080/";

    @RegisterExtension
    final Net net = new Net();

    private final TestCa ca = TestCa.root("test.local");

    @Test
    void bothSidesProveTheirIdentity() throws Exception {
        MockWebServer server = secured("reviews");
        OkHttpClient client = net.client(mesh("reviews", server));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 HTTP/1.1");

        RecordedRequest request = server.takeRequest();
        assertThat(peer(request)).isEqualTo(SpiffeId.of("test.local", "default", "ratings"));
        assertThat(request.getHandshakeServerNames()).containsExactly("reviews.default.svc.cluster.local");
        assertThat(request.getHeaders().get("Host")).isEqualTo("reviews:9080");
    }

    @Test
    void httpsUrlHasOneHandshakeWithTheIdentityOfTheMesh() throws Exception {
        MockWebServer server = secured("reviews");
        OkHttpClient client = net.client(mesh("reviews", server));

        assertThat(Net.call(client, HTTPS)).isEqualTo("200 HTTP/2");
        assertThat(Net.call(client, HTTPS)).isEqualTo("200 HTTP/2");

        RecordedRequest request = server.takeRequest();
        assertThat(peer(request)).isEqualTo(SpiffeId.of("test.local", "default", "ratings"));
        assertThat(request.getHandshakeServerNames()).containsExactly("reviews.default.svc.cluster.local");
        assertThat(server.takeRequest().getConnectionIndex()).isEqualTo(request.getConnectionIndex());
    }

    @Test
    void httpAndHttpsUrlsOfOneEndpointDoNotShareConnections() throws Exception {
        MockWebServer server = secured("reviews");
        OkHttpClient client = net.client(mesh("reviews", server));

        for (int i = 0; i < 3; i++) {
            assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 HTTP/1.1");
            assertThat(Net.call(client, HTTPS)).isEqualTo("200 HTTP/2");
        }

        assertThat(client.connectionPool().connectionCount()).isEqualTo(2);
    }

    @Test
    void priorKnowledgeOfHttp2HoldsInsideMeshTls() throws Exception {
        MockWebServer server = secured("reviews");
        OkHttpClient client = net.client(
                new OkHttpClient.Builder()
                        .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE))
                        .build(),
                mesh("reviews", server));

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 HTTP/2");
    }

    @Test
    void serverWithAnotherIdentityIsNotCalled() throws Exception {
        MockWebServer server = secured("impostor");
        OkHttpClient client = net.client(mesh("reviews", server));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> Net.call(client, HTTPS)).isInstanceOf(SSLException.class);

        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void serverOfAnotherTrustDomainIsNotCalled() throws Exception {
        MockWebServer server = secured(TestCa.root("test.local").holder("default", "reviews"));
        OkHttpClient client = net.client(mesh("reviews", server));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> Net.call(client, HTTPS)).isInstanceOf(SSLException.class);

        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void plaintextServerIsNotCalled() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        MockWebServer server = net.serving(request -> {
            calls.incrementAndGet();
            return new MockResponse.Builder().build();
        });
        OkHttpClient client = net.client(mesh("reviews", server));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(IOException.class);

        assertThat(calls).hasValue(0);
    }

    @Test
    void withoutOwnIdentityTheMeshRefuses() throws Exception {
        MockWebServer server = secured("reviews");
        OkHttpClient client = net.client(Net.config(cluster("reviews", server)));

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS))
                .isInstanceOf(MeshRejectedException.class)
                .hasMessageContaining("NO_OWN_IDENTITY");

        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void newIdentityIsUsedByNewCallsWhileOldOnesFinish() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        MockWebServer server = secured(ca.holder("default", "reviews"), request -> {
            if (request.getTarget().equals("/slow")) {
                assertThat(release.await(1, TimeUnit.MINUTES)).isTrue();
            }
            return new MockResponse.Builder().body("done").build();
        });
        Mesh mesh = mesh("reviews", server);
        OkHttpClient client = net.client(mesh);
        Net.call(client, Net.REVIEWS);
        Received slow = new Received();
        client.newCall(Net.get(Net.REVIEWS + "slow")).enqueue(slow);
        assertThat(peer(server.takeRequest())).isEqualTo(SpiffeId.of("test.local", "default", "ratings"));
        assertThat(server.takeRequest().getTarget()).isEqualTo("/slow");

        mesh.identity().update(ca.issue("default", "details"), ca.bundle());
        Net.call(client, Net.REVIEWS);

        assertThat(peer(server.takeRequest())).isEqualTo(SpiffeId.of("test.local", "default", "details"));
        release.countDown();
        try (Response response = slow.response()) {
            assertThat(response.body().string()).isEqualTo("done");
        }
    }

    @Test
    void idleConnectionsOfTheOldIdentityAreClosed() throws Exception {
        MockWebServer server = secured("reviews");
        Mesh mesh = mesh("reviews", server);
        OkHttpClient client = net.client(mesh);
        Net.call(client, Net.REVIEWS);
        assertThat(client.connectionPool().idleConnectionCount()).isEqualTo(1);

        mesh.identity().update(ca.issue("default", "ratings"), ca.bundle());

        assertThat(client.connectionPool().connectionCount()).isZero();
    }

    @Test
    void rootThatIsNoLongerTrustedEndsCallsAtOnce() throws Exception {
        MockWebServer server = secured("reviews");
        Mesh mesh = mesh("reviews", server);
        OkHttpClient client = net.client(mesh);
        Net.call(client, Net.REVIEWS);

        mesh.identity()
                .update(
                        ca.issue("default", "ratings"),
                        TestCa.root("test.local").bundle());

        assertThatThrownBy(() -> Net.call(client, Net.REVIEWS)).isInstanceOf(SSLException.class);
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void servicesWithOneAddressAndOneCertificateDoNotShareConnections() throws Exception {
        MockWebServer server = secured("reviews");
        Mesh mesh = net.mesh(MeshConfig.builder()
                .cluster(cluster("reviews", server))
                .cluster(rename(cluster("reviews", server), "details"))
                .virtualHost(VirtualHostConfig.of(Net.AUTHORITY, RouteConfig.to("reviews")))
                .virtualHost(VirtualHostConfig.of("details:9080", RouteConfig.to("details")))
                .build());
        mesh.identity().update(ca.issue("default", "ratings"), ca.bundle());
        OkHttpClient client = net.client(mesh);

        assertThat(Net.call(client, HTTPS)).isEqualTo("200 HTTP/2");
        assertThat(Net.call(client, "https://details:9080/")).isEqualTo("200 HTTP/2");

        assertThat(server.takeRequest().getConnectionIndex())
                .isNotEqualTo(server.takeRequest().getConnectionIndex());
    }

    @Test
    void largeBodiesGoThroughMeshTls() throws Exception {
        String text = "x".repeat(3_000_000);
        MockWebServer server = secured(
                ca.holder("default", "reviews"),
                request -> new MockResponse.Builder()
                        .body(new Buffer().write(request.getBody()))
                        .build());
        OkHttpClient client = net.client(mesh("reviews", server));

        String echoed = Net.call(
                client,
                Net.get(Net.REVIEWS)
                        .newBuilder()
                        .post(okhttp3.RequestBody.create(text, null))
                        .build());

        assertThat(echoed).isEqualTo("200 " + text);
    }

    /** A call that is cancelled as its answer ends leaves a connection in the pool whose socket is closed. */
    @Test
    void connectionThatWasClosedOnThisSideIsNotUsedAgain() throws Exception {
        MockWebServer server = secured("reviews");
        List<RealConnection> used = new ArrayList<>();
        OkHttpClient client = net.client(mesh("reviews", server))
                .newBuilder()
                .addNetworkInterceptor(chain -> {
                    used.add((RealConnection) chain.connection());
                    return chain.proceed(chain.request());
                })
                .build();
        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 HTTP/1.1");
        used.get(0).cancel();

        assertThat(Net.call(client, Net.REVIEWS)).isEqualTo("200 HTTP/1.1");

        assertThat(used).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void healthIsAskedOverMeshTls() throws Exception {
        MockWebServer server = secured("reviews");

        assertThat(verdict("reviews", server)).isEqualTo("PASSING");

        RecordedRequest request = server.takeRequest();
        assertThat(request.getTarget()).isEqualTo("/healthz");
        assertThat(peer(request)).isEqualTo(SpiffeId.of("test.local", "default", "ratings"));
    }

    @Test
    void healthOfAServerWithAnotherIdentityIsNotAskedAndItFails() throws Exception {
        MockWebServer server = secured("impostor");

        assertThat(verdict("reviews", server)).startsWith("FAILING no answer").contains("sa/impostor");

        assertThat(server.getRequestCount()).isZero();
    }

    /** {@return what the first check of a server shows} */
    private String verdict(String expected, MockWebServer server) throws InterruptedException {
        BlockingQueue<String> changes = new LinkedBlockingQueue<>();
        HealthCheckConfig check = new HealthCheckConfig(
                new HealthCheckConfig.Http(
                        "GET", "/healthz", "", HealthCheckConfig.Http.OK, HealthCheckConfig.Http.ANY),
                Duration.ofSeconds(5),
                Duration.ofMillis(20),
                Duration.ofMillis(20),
                Duration.ofMillis(20),
                Duration.ZERO,
                1,
                1);
        Mesh mesh = net.keep(Mesh.builder()
                .config(Net.config(cluster(expected, server).withHealthCheck(check)))
                .observer(new MeshObserver() {
                    @Override
                    public void checkChanged(Endpoint endpoint, Verdict verdict, String why) {
                        changes.add((verdict + " " + why).trim());
                    }
                })
                .build());
        mesh.identity().update(ca.issue("default", "ratings"), ca.bundle());
        net.client(mesh);
        return String.valueOf(changes.poll(20, TimeUnit.SECONDS));
    }

    private Mesh mesh(String expected, MockWebServer server) {
        Mesh mesh = net.mesh(Net.config(cluster(expected, server)));
        mesh.identity().update(ca.issue("default", "ratings"), ca.bundle());
        return mesh;
    }

    private static ClusterConfig cluster(String expected, MockWebServer server) {
        return Net.cluster(server)
                .withTls(new ClientTlsConfig(
                        ClientTlsConfig.Mode.MESH,
                        Set.of(SpiffeId.of("test.local", "default", expected).toString()),
                        SNI));
    }

    private static ClusterConfig rename(ClusterConfig cluster, String name) {
        return ClusterConfig.of(name).withTls(cluster.tls()).withEndpoints(cluster.endpoints());
    }

    private MockWebServer secured(String serviceAccount) throws IOException {
        return secured(ca.holder("default", serviceAccount));
    }

    private MockWebServer secured(IdentityHolder holder) throws IOException {
        return secured(
                holder,
                request -> new MockResponse.Builder().body(request.getVersion()).build());
    }

    private MockWebServer secured(IdentityHolder holder, Net.Handler handler) throws IOException {
        return net.serving(handler, server -> {
            server.useHttps(ServerTls.serverContext(holder).getSocketFactory());
            server.requireClientAuth();
        });
    }

    private static SpiffeId peer(RecordedRequest request) {
        assertThat(request.getHandshake()).isNotNull();
        return ServerTls.peerOf(request.getHandshake().peerCertificates().toArray(new Certificate[0]))
                .orElseThrow();
    }
}
