package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.MeshConfig;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.TlsVersion;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that know nothing newer than TLS 1.2, at every kind of server. */
class OldTlsTest {

    private static final int PATIENCE_MILLIS = 20_000;

    @ParameterizedTest
    @EnumSource
    void theyAreRefusedUnlessAskedFor(MatrixServer server) throws Exception {
        try (Mesh mesh = mesh(TlsVersion.TLS_1_3)) {
            Container.Running running = server.start(mesh);
            assertThatThrownBy(() -> handshake(running.port()).close()).isInstanceOf(IOException.class);
            running.stop().now();
        }
    }

    @ParameterizedTest
    @EnumSource
    void onRequestTheyAreServedWithForwardSecrecyAndAuthenticatedEncryption(MatrixServer server) throws Exception {
        try (Mesh mesh = mesh(TlsVersion.TLS_1_2)) {
            Container.Running running = server.start(mesh);
            try (SSLSocket socket = handshake(running.port())) {
                assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
                assertThat(socket.getSession().getCipherSuite()).matches("TLS_ECDHE_.*(GCM|POLY1305).*");
                assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
            }
            running.stop().now();
        }
    }

    @ParameterizedTest
    @EnumSource
    void noServerOffersBlockChaining(MatrixServer server) throws Exception {
        try (Mesh mesh = mesh(TlsVersion.TLS_1_2)) {
            Container.Running running = server.start(mesh);
            assertThatThrownBy(() -> handshake(running.port(), "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256")
                            .close())
                    .isInstanceOf(SSLException.class);
            running.stop().now();
        }
    }

    /** A peer could become another one in the middle of a connection. */
    @ParameterizedTest
    @EnumSource
    void renegotiationEndsTheConnection(MatrixServer server) throws Exception {
        try (Mesh mesh = mesh(TlsVersion.TLS_1_2)) {
            Container.Running running = server.start(mesh);
            try (SSLSocket socket = handshake(running.port())) {
                socket.startHandshake();
                assertThat(ended(socket)).isTrue();
            }
            running.stop().now();
        }
    }

    private static boolean ended(SSLSocket socket) {
        try {
            socket.getInputStream().readAllBytes();
            return true;
        } catch (SocketTimeoutException goesOn) {
            return false;
        } catch (IOException alert) {
            return true;
        }
    }

    private static Mesh mesh(TlsVersion oldest) {
        Mesh mesh = Mesh.builder()
                .config(MeshConfig.builder()
                        .inbound(new InboundConfig(Mtls.STRICT, List.of(), ""))
                        .build())
                .oldestTls(oldest)
                .build();
        MatrixCredential.GOOD.give(mesh.identity(), "who");
        return mesh;
    }

    private static SSLSocket handshake(int port, String... suites) throws Exception {
        IdentityEpoch caller = MatrixCredential.GOOD.holder("caller").current();
        SSLContext context = SSLContext.getInstance("TLSv1.2");
        context.init(
                new KeyManager[] {caller.keyManager()},
                new TrustManager[] {caller.trustManager(MatrixClient.EXPECTED)},
                null);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
        socket.setSoTimeout(PATIENCE_MILLIS);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setProtocols(new String[] {"TLSv1.2"});
        parameters.setApplicationProtocols(new String[] {"h2"});
        if (suites.length > 0) {
            parameters.setCipherSuites(suites);
        }
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        return socket;
    }
}
