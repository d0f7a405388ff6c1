package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.config.ClientTlsConfig;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.ServerTls;
import io.inmesh.testkit.TestCa;
import io.inmesh.testkit.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is wrong with a certificate is said by whoever refuses it: by servers in their log, since a caller gets an alert only, and by clients
 * in the failure of the call. Over real sockets.
 */
final class BadCertificateTest {

    // So long that only a test that fails waits for it.
    private static final int PATIENCE_MILLIS = 120_000;

    private final TestCa ca = TestCa.root(MatrixCredential.DOMAIN);

    @ParameterizedTest
    @EnumSource
    void serversSayInTheirLogWhomTheyRefuseAndServeOthers(MatrixServer kind) throws Exception {
        try (Mesh mesh = Mesh.of(strict());
                Warnings log = new Warnings("io.inmesh.identity")) {
            mesh.identity().update(ca.issue("default", "who"), ca.bundle());
            Container.Running server = kind.start(mesh);
            try {
                for (BadCertificate bad : BadCertificate.values()) {
                    assertRefused(bad, server.port());

                    assertThat(log.take())
                            .as("%s to %s", bad, kind.text)
                            .singleElement()
                            .asString()
                            .contains("A caller was refused in the TLS handshake: ")
                            .contains(bad.words);
                    assertThat(good(MatrixClient.OKHTTP, server.port(), kind).status())
                            .isEqualTo(200);
                }
            } finally {
                server.stop().now();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void clientsSayWhyTheyRefuseAServer(BadCertificate bad) throws Exception {
        TestCertificate shown = bad.of(ca, "who");
        try (SSLServerSocket listener = (SSLServerSocket) shown.serverContext()
                .getServerSocketFactory()
                .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            SSLParameters parameters = listener.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            listener.setSSLParameters(parameters);
            Thread server = new Thread(() -> greet(listener));
            server.start();
            for (MatrixClient client : MatrixClient.values()) {
                assertThat(everything(good(client, listener.getLocalPort(), MatrixServer.JETTY)
                                .failure()))
                        .as("%s to a server with a certificate %s", client.text, bad)
                        .contains(bad.words);
            }
            listener.close();
            server.join();
        }
    }

    private static void greet(SSLServerSocket listener) {
        while (!listener.isClosed()) {
            try (SSLSocket socket = (SSLSocket) listener.accept()) {
                socket.setSoTimeout(PATIENCE_MILLIS);
                socket.startHandshake();
            } catch (IOException refused) {
                // As is expected of clients, and of the listener once it is closed.
            }
        }
    }

    private void assertRefused(BadCertificate bad, int port) throws Exception {
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        TrustManager trust = ServerTls.serverTrustManager(ca.holder("default", "caller"), MatrixClient.EXPECTED);
        context.init(bad.of(ca, "caller").keyManagers(), new TrustManager[] {trust}, null);
        try (SSLSocket socket =
                (SSLSocket) context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            // In TLS 1.3 a client learns only here that the server refused it.
            assertThat(socket.getInputStream().read()).as("%s", bad).isEqualTo(-1);
        } catch (SocketTimeoutException e) {
            throw new AssertionError("nobody refused a certificate " + bad, e);
        } catch (IOException refused) {
            // The alert of the server.
        }
    }

    private MatrixClient.Answer good(MatrixClient client, int port, MatrixServer kind) throws Exception {
        Set<String> expected =
                Set.of(MatrixClient.EXPECTED.identities().iterator().next().toString());
        try (Mesh caller = Mesh.of(MeshConfig.builder()
                .cluster(ClusterConfig.of("who")
                        .endpoint("127.0.0.1", port)
                        .withTls(new ClientTlsConfig(ClientTlsConfig.Mode.MESH, expected, "who")))
                .virtualHost(VirtualHostConfig.of("who:9080", RouteConfig.to("who")))
                .build())) {
            caller.identity().update(ca.issue("default", "caller"), ca.bundle());
            return client.throughMesh(caller, kind);
        }
    }

    private static MeshConfig strict() {
        return MeshConfig.builder()
                .inbound(new InboundConfig(Mtls.STRICT, List.of(), "PeerAuthentication default/who"))
                .build();
    }

    private static String everything(@Nullable Throwable failure) {
        StringBuilder all = new StringBuilder();
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            all.append(cause).append('\n');
        }
        return all.toString();
    }
}
