package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.MeshRejectedException;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.OriginationConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.TlsCredentials;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.testkit.TestCa;
import io.inmesh.testkit.TestCertificate;
import java.io.IOException;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.CertificatePinner;
import okhttp3.OkHttpClient;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** TLS to servers that have certificates of their own rather than the mesh's (modes SIMPLE and MUTUAL). */
final class OriginationTest {

    // With a dot: names without one are not sent by every TLS provider, so they would always go by the JDK's.
    private static final String HOST = "reviews.test";
    private static final String AUTHORITY = HOST + ":9080";
    private static final String HTTP = "http://" + AUTHORITY + "/";
    private static final String HTTPS = "https://" + AUTHORITY + "/";

    @RegisterExtension
    final Net net = new Net();

    private final TestCa ca = TestCa.root("outside");

    // -- fixtures

    private MockWebServer serving(TestCertificate certificate) throws IOException {
        return serving(certificate, server -> {});
    }

    private MockWebServer serving(TestCertificate certificate, Consumer<MockWebServer> settings) throws IOException {
        SSLSocketFactory sockets =
                certificate.serverContext(ca.rootCertificate()).getSocketFactory();
        return net.serving(
                request -> new MockResponse.Builder().body(request.getVersion()).build(), server -> {
                    server.useHttps(sockets);
                    settings.accept(server);
                });
    }

    private TlsCredentials trusting() {
        return TlsCredentials.trusting(Set.of(ca.rootCertificate()));
    }

    private TlsCredentials presenting(TestCertificate own) {
        return new TlsCredentials(Set.of(ca.rootCertificate()), List.of(), false, own.chain(), own.key());
    }

    private OkHttpClient client(MockWebServer server) {
        return client(server, OriginationConfig.of(trusting()));
    }

    private OkHttpClient client(MockWebServer server, OriginationConfig origination) {
        return net.client(config(server, null, origination));
    }

    private static MeshConfig config(MockWebServer server, String sni, OriginationConfig origination) {
        ClusterConfig cluster = Net.cluster(server).withTls(ClientTlsConfig.originate(sni, origination));
        return MeshConfig.builder()
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of(AUTHORITY, RouteConfig.to(cluster.name())))
                .build();
    }

    private static void refused(OkHttpClient client, MockWebServer server) {
        assertThatThrownBy(() -> Net.call(client, HTTP)).isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> Net.call(client, HTTPS)).isInstanceOf(SSLException.class);
        assertThat(server.getRequestCount()).isZero();
    }

    // -- what works

    @Test
    void httpUrlIsSentOverTlsAndTheHostIsAskedForAndProved() throws Exception {
        MockWebServer server = serving(ca.server(HOST));
        OkHttpClient client = client(server);

        assertThat(Net.call(client, HTTP)).isEqualTo("200 HTTP/1.1");
        assertThat(Net.call(client, HTTP)).isEqualTo("200 HTTP/1.1");

        RecordedRequest request = server.takeRequest();
        assertThat(request.getHandshakeServerNames()).containsExactly(HOST);
        assertThat(request.getHeaders().get("Host")).isEqualTo(AUTHORITY);
        assertThat(server.takeRequest().getConnectionIndex()).isEqualTo(request.getConnectionIndex());
    }

    @Test
    void httpsUrlHasOneHandshakeAndNotTlsInsideTls() throws Exception {
        MockWebServer server = serving(ca.server(HOST));
        OkHttpClient client = client(server);

        assertThat(Net.call(client, HTTPS)).isEqualTo("200 HTTP/2");

        assertThat(server.takeRequest().getHandshakeServerNames()).containsExactly(HOST);
    }

    @Test
    void pinsOfTheApplicationHoldToo() throws Exception {
        MockWebServer server = serving(ca.server(HOST));
        Mesh mesh = net.mesh(config(server, null, OriginationConfig.of(trusting())));

        assertThat(Net.call(net.client(pinning(ca.rootCertificate()), mesh), HTTPS))
                .isEqualTo("200 HTTP/2");
        assertThatThrownBy(() -> Net.call(net.client(pinning(TestCa.root("x").rootCertificate()), mesh), HTTPS))
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("pinning");
    }

    private static OkHttpClient pinning(X509Certificate certificate) {
        return new OkHttpClient.Builder()
                .certificatePinner(new CertificatePinner.Builder()
                        .add(HOST, CertificatePinner.pin(certificate))
                        .build())
                .build();
    }

    @Test
    void serverNameThatIsSetIsAskedForAndProvedInsteadOfTheHost() throws Exception {
        MockWebServer server = serving(ca.server("pay.example"));
        OkHttpClient client = net.client(config(server, "pay.example", OriginationConfig.of(trusting())));

        assertThat(Net.call(client, HTTP)).isEqualTo("200 HTTP/1.1");
        assertThat(Net.call(client, HTTPS)).isEqualTo("200 HTTP/2");

        RecordedRequest request = server.takeRequest();
        assertThat(request.getHandshakeServerNames()).containsExactly("pay.example");
        assertThat(request.getHeaders().get("Host")).isEqualTo(AUTHORITY);
    }

    @Test
    void anyOfTheSubjectAltNamesWillDo() throws Exception {
        MockWebServer server = serving(ca.certificate(spec -> spec.uriNames.add("urn://pay/1")));
        OriginationConfig names = OriginationConfig.of(trusting()).withNames(List.of("other.example", "urn://pay/1"));

        assertThat(Net.call(client(server, names), HTTP)).isEqualTo("200 HTTP/1.1");
    }

    @Test
    void chainsThroughIntermediatesAreFollowed() throws Exception {
        MockWebServer server = serving(ca.intermediate("middle").server(HOST));

        assertThat(Net.call(client(server), HTTP)).isEqualTo("200 HTTP/1.1");
    }

    @Test
    void serverThatKnowsTls12OnlyIsCalledUnlessNothingOlderThanTls13IsAllowed() throws Exception {
        MockWebServer server = serving(
                ca.server(HOST),
                settings -> settings.useHttps(
                        only("TLSv1.2", ca.server(HOST).serverContext().getSocketFactory())));
        OriginationConfig modern = new OriginationConfig(List.of(), true, trusting(), "");

        assertThat(Net.call(client(server), HTTP)).isEqualTo("200 HTTP/1.1");
        assertThatThrownBy(() -> Net.call(client(server, modern), HTTP)).isInstanceOf(SSLException.class);
    }

    private static SSLSocketFactory only(String version, SSLSocketFactory sockets) {
        return new OneVersion(version, sockets);
    }

    @Test
    void anAddressIsProvedByAnAddressAndNotByAName() throws Exception {
        MockWebServer address = serving(ca.certificate(spec -> spec.addresses.add("127.0.0.1")));
        MockWebServer name = serving(ca.server("127.0.0.1"));

        assertThat(Net.call(byAddress(address), "http://127.0.0.1:9080/")).isEqualTo("200 HTTP/1.1");
        assertThat(address.takeRequest().getHandshakeServerNames()).isEmpty();
        assertThatThrownBy(() -> Net.call(byAddress(name), "http://127.0.0.1:9080/"))
                .isInstanceOf(SSLException.class);
    }

    private OkHttpClient byAddress(MockWebServer server) {
        ClusterConfig cluster =
                Net.cluster(server).withTls(ClientTlsConfig.originate(null, OriginationConfig.of(trusting())));
        return net.client(MeshConfig.builder()
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of("127.0.0.1:9080", RouteConfig.to(cluster.name())))
                .build());
    }

    @Test
    void namesOfOneServerHaveConnectionsOfTheirOwn() throws Exception {
        MockWebServer server = serving(ca.server(HOST, "alias.test"));
        ClusterConfig cluster =
                Net.cluster(server).withTls(ClientTlsConfig.originate(null, OriginationConfig.of(trusting())));
        OkHttpClient client = net.client(MeshConfig.builder()
                .cluster(cluster)
                .virtualHost(VirtualHostConfig.of(AUTHORITY, RouteConfig.to(cluster.name())))
                .virtualHost(VirtualHostConfig.of("alias.test:9080", RouteConfig.to(cluster.name())))
                .build());

        for (int i = 0; i < 3; i++) {
            Net.call(client, HTTP);
            Net.call(client, "http://alias.test:9080/");
        }

        assertThat(client.connectionPool().connectionCount()).isEqualTo(2);
        assertThat(server.takeRequest().getHandshakeServerNames()).containsExactly(HOST);
        assertThat(server.takeRequest().getHandshakeServerNames()).containsExactly("alias.test");
    }

    @Test
    void ownCertificateIsPresentedAndANewOneOnNewConnections() throws Exception {
        TestCertificate first = ca.certificate(spec -> spec.subject = "CN=first");
        TestCertificate second = ca.certificate(spec -> spec.subject = "CN=second");
        MockWebServer server = serving(ca.server(HOST), MockWebServer::requireClientAuth);
        Mesh mesh = net.mesh(config(server, null, OriginationConfig.of(presenting(first))));
        OkHttpClient client = net.client(mesh);

        Net.call(client, HTTP);
        Net.call(client, HTTPS);
        mesh.apply(config(server, null, OriginationConfig.of(presenting(second))));
        Net.call(client, HTTP);
        Net.call(client, HTTPS);

        assertThat(List.of(presented(server), presented(server), presented(server), presented(server)))
                .containsExactly("CN=first", "CN=first", "CN=second", "CN=second");
    }

    private static String presented(MockWebServer server) throws InterruptedException {
        var handshake = server.takeRequest().getHandshake();
        return handshake == null || handshake.peerCertificates().isEmpty()
                ? ""
                : ((X509Certificate) handshake.peerCertificates().get(0))
                        .getSubjectX500Principal()
                        .getName();
    }

    // -- traps

    @Test
    void identityOfTheMeshIsNotShownToServersOutside() throws Exception {
        TestCa own = TestCa.root("mesh.local");
        MockWebServer server = serving(ca.server(HOST), MockWebServer::requestClientAuth);
        Mesh mesh = net.mesh(config(server, null, OriginationConfig.of(trusting())));
        mesh.identity().update(own.issue("default", "ratings"), own.bundle());
        OkHttpClient client = net.client(mesh);

        Net.call(client, HTTP);
        Net.call(client, HTTPS);

        assertThat(List.of(presented(server), presented(server))).containsExactly("", "");
    }

    @Test
    void rootsOfTheMeshVouchForNobodyOutside() throws Exception {
        TestCa own = TestCa.root("mesh.local");
        MockWebServer server = serving(own.server(HOST));
        Mesh mesh = net.mesh(config(server, null, OriginationConfig.of(trusting())));
        mesh.identity().update(own.issue("default", "ratings"), own.bundle());

        refused(net.client(mesh), server);
    }

    @Test
    void serverWithAnotherNameIsNotCalled() throws Exception {
        MockWebServer server = serving(ca.server("impostor", "reviews.example", "*." + HOST));

        refused(client(server), server);
    }

    @Test
    void commonNameIsNoName() throws Exception {
        MockWebServer server = serving(ca.certificate(spec -> spec.subject = "CN=" + HOST));

        refused(client(server), server);
    }

    @Test
    void hostDoesNotStandInForSubjectAltNames() throws Exception {
        MockWebServer server = serving(ca.server(HOST));

        refused(client(server, OriginationConfig.of(trusting()).withNames(List.of("pay.example"))), server);
    }

    @Test
    void serverOfAnUnknownAuthorityIsNotCalled() throws Exception {
        MockWebServer server = serving(TestCa.root("outside").server(HOST));

        refused(client(server), server);
    }

    @Test
    void serverThatVouchesForItselfIsNotCalled() throws Exception {
        MockWebServer server = serving(TestCa.selfSignedServer(HOST));

        refused(client(server), server);
    }

    @Test
    void serverWhoseCertificateHasEndedIsNotCalled() throws Exception {
        MockWebServer server = serving(ca.certificate(spec -> {
            spec.dnsNames.add(HOST);
            spec.notAfter = spec.notBefore.plusSeconds(60);
        }));

        refused(client(server), server);
    }

    @Test
    void serverWhoseEndedCertificateIsItselfARootIsNotCalled() throws Exception {
        TestCertificate ended = ca.certificate(spec -> {
            spec.dnsNames.add(HOST);
            spec.notAfter = spec.notBefore.plusSeconds(60);
        });
        MockWebServer server = serving(ended);

        refused(client(server, OriginationConfig.of(TlsCredentials.trusting(Set.of(ended.leaf())))), server);
    }

    @Test
    void certificateOfAClientIsNoneOfAServer() throws Exception {
        MockWebServer server = serving(ca.certificate(spec -> {
            spec.dnsNames.add(HOST);
            spec.extendedKeyUsage.remove(KeyPurposeId.id_kp_serverAuth);
        }));

        refused(client(server), server);
    }

    @Test
    void revokedServerIsNotCalledAndOthersAre() throws Exception {
        TestCertificate revoked = ca.server(HOST);
        MockWebServer bad = serving(revoked);
        MockWebServer good = serving(ca.server(HOST));
        X509CRL list = ca.revoking(revoked.leaf());
        OriginationConfig checking = OriginationConfig.of(
                new TlsCredentials(Set.of(ca.rootCertificate()), List.of(list), false, List.of(), null));

        refused(client(bad, checking), bad);
        assertThat(Net.call(client(good, checking), HTTP)).isEqualTo("200 HTTP/1.1");
    }

    @Test
    void listsOfOtherIssuersAreNoneAtAll() throws Exception {
        MockWebServer server = serving(ca.server(HOST));
        X509CRL foreign = TestCa.root("foreign").revoking();

        refused(
                client(
                        server,
                        OriginationConfig.of(new TlsCredentials(
                                Set.of(ca.rootCertificate()), List.of(foreign), false, List.of(), null))),
                server);
    }

    @Test
    void thereIsNoWayBackToPlaintext() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        MockWebServer server = net.serving(request -> {
            calls.incrementAndGet();
            return new MockResponse.Builder().build();
        });
        OkHttpClient client = client(server);

        assertThatThrownBy(() -> Net.call(client, HTTP)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> Net.call(client, HTTPS)).isInstanceOf(IOException.class);
        assertThat(calls).hasValue(0);
    }

    @Test
    void sessionsProvedByOtherRootsAreNotResumed() throws Exception {
        MockWebServer server = serving(ca.server(HOST));
        Mesh mesh = net.mesh(config(server, null, OriginationConfig.of(trusting())));
        OkHttpClient client = net.client(mesh);
        Net.call(client, HTTP);
        Net.call(client, HTTPS);

        mesh.apply(config(
                server,
                null,
                OriginationConfig.of(
                        TlsCredentials.trusting(Set.of(TestCa.root("new").rootCertificate())))));

        assertThatThrownBy(() -> Net.call(client, HTTP)).isInstanceOf(SSLException.class);
        assertThatThrownBy(() -> Net.call(client, HTTPS)).isInstanceOf(SSLException.class);
        assertThat(server.getRequestCount()).isEqualTo(2);
    }

    @Test
    void withoutCertificatesCallsFailAndSayWhyAndOtherClustersWork() throws Exception {
        MockWebServer server = serving(ca.server(HOST));
        MockWebServer plain = net.answering("other");
        String why = "DestinationRule default/reviews: caCertificates /r.pem does not exist on this machine";
        ClusterConfig broken = Net.cluster(server)
                .withTls(ClientTlsConfig.originate(null, new OriginationConfig(List.of(), false, null, why)));
        OkHttpClient client = net.client(MeshConfig.builder()
                .cluster(broken)
                .cluster(ClusterConfig.of("other").endpoint("127.0.0.1", plain.getPort()))
                .virtualHost(VirtualHostConfig.of(AUTHORITY, RouteConfig.to(broken.name())))
                .virtualHost(VirtualHostConfig.of("other:9080", RouteConfig.to("other")))
                .build());

        assertThatThrownBy(() -> Net.call(client, HTTP))
                .isInstanceOf(MeshRejectedException.class)
                .hasMessageContaining(why);
        assertThatThrownBy(() -> Net.call(client, HTTPS)).isInstanceOf(MeshRejectedException.class);
        assertThat(Net.call(client, "http://other:9080/")).isEqualTo("200 other");
        assertThat(server.getRequestCount()).isZero();
    }
}
