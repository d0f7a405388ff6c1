package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.call.Outcome;
import io.inmesh.config.AuthorizationConfig.Policy;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.Condition;
import io.inmesh.config.ExternalAuthorizationConfig;
import io.inmesh.config.ExternalAuthorizerConfig;
import io.inmesh.config.ExternalProtocol.Http;
import io.inmesh.config.HeaderNames;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.inbound.Admission;
import io.inmesh.testkit.FakeCall;
import io.inmesh.testkit.TestCa;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that an authorizer is asked about by HTTP, over sockets and through the mesh. */
class HttpAuthorizerTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Http ALL = new Http(
            "/check",
            HeaderNames.of(List.of("x-*", "cookie")),
            List.of(Map.entry("x-mesh", "ours")),
            HeaderNames.of(List.of("x-user")),
            HeaderNames.NONE,
            HeaderNames.of(List.of("set-cookie")));

    @RegisterExtension
    final Net net = new Net();

    private final TestCa ca = TestCa.root("test.local");

    @Test
    void questionIsTheRequestWithoutItsBody() throws Exception {
        MockWebServer server = net.status(200);
        Mesh mesh = mesh(server, ALL, false);
        Admission admission = decided(mesh.inbound(FakeCall.get("/a%20b")
                .method("POST")
                .query("c=%2F")
                .header("authorization", "Bearer t")
                .header("x-list", "1")
                .header("x-list", "2")
                .header("x-mesh", "forged")
                .header("x-forwarded-client-cert", "By=forged")
                .header("content-length", "17")
                .header("other", "o")));
        assertThat(admission.admitted()).isTrue();
        RecordedRequest asked = server.takeRequest();
        assertThat(asked.getRequestLine()).isEqualTo("POST /check/a%20b?c=%2F HTTP/1.1");
        assertThat(asked.getHeaders().get("host")).isEqualTo("reviews:9080");
        assertThat(asked.getHeaders().get("authorization")).isEqualTo("Bearer t");
        assertThat(asked.getHeaders().values("x-list")).containsExactly("1,2");
        assertThat(asked.getHeaders().values("x-mesh")).containsExactly("ours");
        assertThat(asked.getHeaders().get("content-length")).isEqualTo("0");
        assertThat(asked.getHeaders().names()).doesNotContain("x-forwarded-client-cert", "other", "cookie");
    }

    @Test
    void approvalShowsTheApplicationAndTheCallerWhatIsChosen() throws Exception {
        MockWebServer server = net.serving(request -> new MockResponse.Builder()
                .addHeader("x-user", "alice")
                .addHeader("x-other", "o")
                .addHeader("set-cookie", "a=1")
                .addHeader("x-envoy-auth-headers-to-remove", "authorization")
                .body("ignored")
                .build());
        Admission admission =
                decided(mesh(server, ALL, false).inbound(FakeCall.get("/").header("x-user", "forged")));
        assertThat(admission.admitted()).isTrue();
        assertThat(admission.edits().setHeaders()).containsExactly(Map.entry("x-user", "alice"));
        assertThat(admission.edits().hiddenHeaders()).containsExactly("authorization");
        assertThat(admission.answerHeaders()).containsExactly(Map.entry("set-cookie", "a=1"));
    }

    /** A redirect that is followed would let in whoever the login page welcomes. */
    @ParameterizedTest
    @ValueSource(ints = {204, 302, 307, 401, 403, 407, 421, 429})
    void anyOtherAnswerIsADenialAndIsNotFollowed(int status) throws Exception {
        MockWebServer server = net.serving(request -> new MockResponse.Builder()
                .code(status)
                .addHeader("location", "/welcome")
                .body(status == 204 ? "" : "who are you?")
                .build());
        Admission admission = decided(mesh(server, ALL, true).inbound(FakeCall.get("/")));
        assertThat(admission.admitted()).isFalse();
        Outcome.LocalReply reply = (Outcome.LocalReply) admission.rejection();
        // 407 is between a client and its proxy, and OkHttp takes it for a broken connection.
        assertThat(reply.httpStatus()).isEqualTo(status == 407 ? 403 : status);
        assertThat(reply.body()).isEqualTo(status == 204 ? "" : "who are you?");
        assertThat(reply.headers()).contains(Map.entry("location", "/welcome"));
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    @Test
    void bodyOfADenialIsHeldToALimit() throws Exception {
        MockWebServer server = net.serving(request ->
                new MockResponse.Builder().code(403).body("x".repeat(1 << 20)).build());
        Admission admission = decided(mesh(server, ALL, false).inbound(FakeCall.get("/")));
        assertThat(((Outcome.LocalReply) admission.rejection()).body()).hasSize(64 * 1024);
    }

    @Test
    void denialWhoseBodyBreaksOffIsADenialStill() throws Exception {
        MockWebServer server = net.serving(request -> new MockResponse.Builder()
                .code(403)
                .body("x".repeat(10_000))
                .onResponseBody(new SocketEffect.CloseSocket())
                .build());
        Admission admission = decided(mesh(server, ALL, true).inbound(FakeCall.get("/")));
        assertThat(admission.admitted()).isFalse();
        Outcome.LocalReply reply = (Outcome.LocalReply) admission.rejection();
        assertThat(reply.httpStatus()).isEqualTo(403);
        assertThat(reply.body()).isEmpty();
    }

    @Test
    void failureOfTheAuthorizerRefusesUnlessTheProviderSaysOtherwise() throws Exception {
        MockWebServer server = net.status(500);
        assertThat(refusal(mesh(server, ALL, false))).contains("status 500");
        assertThat(decided(mesh(server, ALL, true).inbound(FakeCall.get("/"))).admitted())
                .isTrue();
    }

    @Test
    void authorizerThatIsNotThereRefuses() throws Exception {
        MockWebServer server = net.status(200);
        Mesh mesh = mesh(server, ALL, false);
        server.close();
        assertThat(refusal(mesh)).contains("\"opa\"", "HTTP: ");
    }

    @Test
    void serviceThatTheMeshDoesNotKnowIsNotAsked() throws Exception {
        MockWebServer server = net.status(200);
        Mesh mesh = net.mesh(MeshConfig.builder()
                .inbound(inbound("127.0.0.1", server.getPort(), LONG, ALL, false))
                .build());
        assertThat(refusal(mesh)).contains("the mesh does not know the service");
        assertThat(server.getRequestCount()).isZero();
    }

    @Test
    void authorizerThatIsTooSlowRefuses() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        MockWebServer server = net.serving(request -> {
            release.await();
            return new MockResponse.Builder().build();
        });
        Mesh mesh = net.mesh(config(server, Duration.ofMillis(50), ALL, false));
        assertThat(refusal(mesh)).contains("\"opa\"");
        release.countDown();
    }

    @Test
    void callerThatGoesAwayEndsTheCheckAndIsNeverAdmitted() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        MockWebServer server = net.serving(request -> {
            release.await();
            return new MockResponse.Builder().build();
        });
        Admission admission = mesh(server, ALL, false).inbound(FakeCall.get("/"));
        server.takeRequest();
        admission.settle(Outcome.Cancelled.INSTANCE);
        release.countDown();
        assertThat(admission.admitted()).isFalse();
    }

    /** Or else whoever writes such a header gets past a check that fails open. */
    @ParameterizedTest
    @ValueSource(strings = {"é", "\u00a0", "日本", "\u007fx", "a\tb"})
    void headerThatIsNotPlainTextDoesNotMakeTheCheckFail(String value) throws Exception {
        MockWebServer server = net.status(403);
        Admission admission =
                decided(mesh(server, ALL, true).inbound(FakeCall.get("/").header("x-any", value)));
        assertThat(admission.admitted()).isFalse();
        assertThat(server.getRequestCount()).isEqualTo(1);
    }

    /** Decoded once, it is the path that policies are tested on. */
    @ParameterizedTest
    @CsvSource({
        "/a;b=c, /a",
        "/%25, /%25",
        "/a%2520b, /a%2520b",
        "/%7e%41, /~A",
        "/a@b:c, /a@b:c",
        "'/(x)*,+!$&=~', '/(x)*,+!$&=~'",
        "/%C3%A9, /%C3%A9",
        "/..., /...",
        "/a.b/, /a.b/",
        "/%7Ba%7D, /%7Ba%7D",
    })
    void pathIsAskedAboutAsItIsJudged(String path, String asked) throws Exception {
        MockWebServer server = net.status(200);
        Admission admission = decided(mesh(server, ALL, false).inbound(FakeCall.get(path)));
        assertThat(admission.admitted()).isTrue();
        assertThat(server.takeRequest().getTarget()).isEqualTo("/check" + asked);
    }

    @Test
    void authorizerOfTheMeshIsAskedWithMutualTlsAndOnlyUnderItsOwnIdentity() throws Exception {
        MockWebServer server =
                net.serving(request -> new MockResponse.Builder().code(200).build(), each -> {
                    each.useHttps(
                            ServerTls.serverContext(ca.holder("default", "opa")).getSocketFactory());
                    each.requireClientAuth();
                });
        assertThat(decided(secured(server, "opa").inbound(FakeCall.get("/"))).admitted())
                .isTrue();
        Certificate[] peer =
                server.takeRequest().getHandshake().peerCertificates().toArray(new Certificate[0]);
        assertThat(ServerTls.peerOf(peer)).contains(SpiffeId.of("test.local", "default", "reviews"));

        assertThat(decided(secured(server, "other").inbound(FakeCall.get("/"))).admitted())
                .as("an authorizer with the identity of somebody else")
                .isFalse();
    }

    private Mesh secured(MockWebServer server, String account) {
        ClusterConfig cluster = ClusterConfig.of("authz")
                .endpoint("127.0.0.1", server.getPort())
                .withTls(new ClientTlsConfig(
                        ClientTlsConfig.Mode.MESH,
                        Set.of(SpiffeId.of("test.local", "default", account).toString()),
                        account + ".default.svc.cluster.local"));
        Mesh mesh = net.mesh(config(cluster, LONG, ALL, false));
        mesh.identity().update(ca.issue("default", "reviews"), ca.bundle());
        return mesh;
    }

    private Mesh mesh(MockWebServer server, Http http, boolean failOpen) {
        return net.mesh(config(server, LONG, http, failOpen));
    }

    private static MeshConfig config(MockWebServer server, Duration timeout, Http http, boolean failOpen) {
        return config(ClusterConfig.of("authz").endpoint("127.0.0.1", server.getPort()), timeout, http, failOpen);
    }

    private static MeshConfig config(ClusterConfig cluster, Duration timeout, Http http, boolean failOpen) {
        return MeshConfig.builder()
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of("authz:9191", RouteConfig.to("authz")))
                .inbound(inbound("authz", 9191, timeout, http, failOpen))
                .build();
    }

    private static InboundConfig inbound(String host, int port, Duration timeout, Http http, boolean failOpen) {
        return new InboundConfig(InboundConfig.Mtls.DISABLE, List.of(), "")
                .withExternal(new ExternalAuthorizationConfig(
                        new ExternalAuthorizerConfig("opa", host, port, timeout, failOpen, 503).withProtocol(http),
                        List.of(new Policy("guarded", new Condition.Always()))));
    }

    private static String refusal(Mesh mesh) throws InterruptedException {
        Admission admission = decided(mesh.inbound(FakeCall.get("/")));
        assertThat(admission.admitted()).isFalse();
        return ((Outcome.Rejection) admission.rejection()).message();
    }

    private static Admission decided(Admission admission) throws InterruptedException {
        CountDownLatch decided = new CountDownLatch(1);
        admission.whenDecided(decided::countDown);
        decided.await();
        return admission;
    }
}
