package io.inmesh.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.stub.ClientCalls;
import io.inmesh.Mesh;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.OriginationConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.TlsCredentials;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.testkit.TestCa;
import io.inmesh.testkit.TestCertificate;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** gRPC over TLS to servers that have certificates of their own rather than the mesh's (modes SIMPLE and MUTUAL). */
final class OriginationTest {

    private final TestCa ca = TestCa.root("outside");
    private final BlockingQueue<String> callers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> serverNames = new LinkedBlockingQueue<>();
    private final List<Server> servers = new ArrayList<>();
    private final List<io.grpc.ManagedChannel> channels = new ArrayList<>();
    private final List<Mesh> meshes = new ArrayList<>();

    @AfterEach
    void close() {
        channels.forEach(io.grpc.ManagedChannel::shutdownNow);
        meshes.forEach(Mesh::close);
        servers.forEach(Server::shutdownNow);
    }

    private Server serving(TestCertificate certificate, String... versions) throws Exception {
        // The JDK's, since the other one does not tell which server names were asked for.
        SslContextBuilder tls = GrpcSslContexts.configure(
                        SslContextBuilder.forServer(
                                certificate.key(), certificate.chain().toArray(new X509Certificate[0])),
                        SslProvider.JDK)
                .trustManager(ca.rootCertificate())
                .clientAuth(ClientAuth.OPTIONAL);
        if (versions.length > 0) {
            tls.protocols(versions);
        }
        Server server = NettyServerBuilder.forPort(0)
                .sslContext(tls.build())
                .intercept(new Noting())
                .addService(TextService.answering(request -> request))
                .build()
                .start();
        servers.add(server);
        return server;
    }

    /** Takes note of what callers present and ask for. */
    private final class Noting implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
            serverNames.add(((ExtendedSSLSession) session)
                    .getRequestedServerNames().stream()
                            .map(name -> ((SNIHostName) name).getAsciiName())
                            .toList()
                            .toString());
            try {
                Certificate[] chain = session.getPeerCertificates();
                callers.add(
                        ((X509Certificate) chain[0]).getSubjectX500Principal().getName());
            } catch (SSLPeerUnverifiedException nothingPresented) {
                callers.add("nobody");
            }
            return next.startCall(call, headers);
        }
    }

    private Mesh mesh(Server server, String sni, OriginationConfig origination) {
        Mesh mesh = Mesh.of(config(server, sni, origination));
        meshes.add(mesh);
        return mesh;
    }

    private static MeshConfig config(Server server, String sni, OriginationConfig origination) {
        return MeshConfig.builder()
                .cluster(ClusterConfig.of("text")
                        .endpoint("127.0.0.1", server.getPort())
                        .withTls(ClientTlsConfig.originate(sni, origination)))
                .virtualHost(VirtualHostConfig.of("text.example:443", RouteConfig.to("text")))
                .build();
    }

    private Channel channel(Mesh mesh) {
        io.grpc.ManagedChannel channel = MeshGrpc.channel("text.example:443", mesh);
        channels.add(channel);
        return channel;
    }

    private static String call(Channel channel) {
        return ClientCalls.blockingUnaryCall(channel, TextService.UNARY, CallOptions.DEFAULT, "hello");
    }

    private OriginationConfig trusting() {
        return OriginationConfig.of(TlsCredentials.trusting(Set.of(ca.rootCertificate())));
    }

    private OriginationConfig presenting(TestCertificate own) {
        return OriginationConfig.of(
                new TlsCredentials(Set.of(ca.rootCertificate()), List.of(), false, own.chain(), own.key()));
    }

    private void refused(Server server, OriginationConfig origination) {
        Channel channel = channel(mesh(server, null, origination));
        assertThatThrownBy(() -> call(channel)).isInstanceOf(StatusRuntimeException.class);
        assertThat(callers).isEmpty();
    }

    @Test
    void hostIsAskedForAndProvedAndNothingOfTheMeshIsPresented() throws Exception {
        TestCa own = TestCa.root("mesh.local");
        Mesh mesh = mesh(serving(ca.server("text.example")), null, trusting());
        mesh.identity().update(own.issue("default", "reviews"), own.bundle());

        assertThat(call(channel(mesh))).isEqualTo("hello");
        assertThat(serverNames).containsExactly("[text.example]");
        assertThat(callers).containsExactly("nobody");
    }

    @Test
    void serverNameThatIsSetIsAskedForAndProvedInsteadOfTheHost() throws Exception {
        Channel channel = channel(mesh(serving(ca.server("pay.example")), "pay.example", trusting()));

        assertThat(call(channel)).isEqualTo("hello");
        assertThat(serverNames).containsExactly("[pay.example]");
    }

    @Test
    void ownCertificateIsPresentedAndANewOneOnNewConnections() throws Exception {
        TestCertificate first = ca.certificate(spec -> spec.subject = "CN=first");
        TestCertificate second = ca.certificate(spec -> spec.subject = "CN=second");
        Server server = serving(ca.server("text.example"));
        Mesh mesh = mesh(server, null, presenting(first));
        Channel channel = channel(mesh);

        call(channel);
        mesh.apply(config(server, null, presenting(second)));
        call(channel);

        assertThat(callers).containsExactly("CN=first", "CN=second");
    }

    @Test
    void rootsThatAreReplacedVouchForNobodyAnyMore() throws Exception {
        Server server = serving(ca.server("text.example"));
        Mesh mesh = mesh(server, null, trusting());
        Channel channel = channel(mesh);
        call(channel);
        callers.clear();

        mesh.apply(config(
                server,
                null,
                OriginationConfig.of(
                        TlsCredentials.trusting(Set.of(TestCa.root("new").rootCertificate())))));

        assertThatThrownBy(() -> call(channel)).isInstanceOf(StatusRuntimeException.class);
        assertThat(callers).isEmpty();
    }

    @Test
    void serverThatKnowsTls12OnlyIsCalled() throws Exception {
        assertThat(call(channel(mesh(serving(ca.server("text.example"), "TLSv1.2"), null, trusting()))))
                .isEqualTo("hello");
    }

    @Test
    void serverThatKnowsTls12OnlyIsNotCalledWhereThatIsTooOld() throws Exception {
        refused(
                serving(ca.server("text.example"), "TLSv1.2"),
                new OriginationConfig(List.of(), true, TlsCredentials.trusting(Set.of(ca.rootCertificate())), ""));
    }

    @Test
    void serverWithAnotherNameIsNotCalled() throws Exception {
        refused(serving(ca.server("other.example")), trusting());
    }

    @Test
    void hostDoesNotStandInForSubjectAltNames() throws Exception {
        refused(serving(ca.server("text.example")), trusting().withNames(List.of("pay.example")));
    }

    @Test
    void serverOfAnUnknownAuthorityIsNotCalled() throws Exception {
        refused(serving(TestCa.root("outside").server("text.example")), trusting());
    }

    @Test
    void serverThatVouchesForItselfIsNotCalled() throws Exception {
        refused(serving(TestCa.selfSignedServer("text.example")), trusting());
    }

    @Test
    void serverWhoseCertificateHasEndedIsNotCalled() throws Exception {
        refused(
                serving(ca.certificate(spec -> {
                    spec.dnsNames.add("text.example");
                    spec.notAfter = spec.notBefore.plusSeconds(60);
                })),
                trusting());
    }

    @Test
    void thereIsNoWayBackToPlaintext() throws Exception {
        Server plain = NettyServerBuilder.forPort(0)
                .addService(TextService.definition((request, response) -> {
                    callers.add("plaintext");
                    response.onCompleted();
                }))
                .build()
                .start();
        servers.add(plain);

        refused(plain, trusting());
    }

    @Test
    void withoutCertificatesCallsFailAndSayWhy() throws Exception {
        String why = "DestinationRule default/text: caCertificates /r.pem does not exist on this machine";
        Channel channel = channel(
                mesh(serving(ca.server("text.example")), null, new OriginationConfig(List.of(), false, null, why)));

        assertThatThrownBy(() -> call(channel)).hasMessageContaining(why);
        assertThat(callers).isEmpty();
    }
}
