package io.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.OriginationConfig;
import io.inmesh.config.TlsCredentials;
import io.inmesh.identity.ClientTls;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.OutsideServer;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SpiffeId;
import io.inmesh.testkit.TestCa;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.Provider;
import java.security.Security;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** The tests of this module run over the JDK's TLS, and those about TLS a second time over Conscrypt: this says that they do. */
final class TlsProviderTest {

    /** Set where tests run the second time. */
    private static final boolean FAST = Boolean.getBoolean("inmesh.test.conscrypt");

    private static final String OF_CLIENTS = FAST ? "org.conscrypt." : "sun.security.ssl.";
    private static final String OF_SERVERS = "sun.security.ssl.";

    private final TestCa ca = TestCa.root("test.local");

    @Test
    void socketsThatConnectAreOfTheFastProviderWhereItIsThereAndEnginesAreNot() throws Exception {
        SSLContext context = ca.holder("default", "ratings")
                .current()
                .clientContext(new PeerExpectation(Set.of(SpiffeId.of("test.local", "default", "reviews")), "a.b"));

        assertThat(socketClass(context)).startsWith(OF_CLIENTS);
        assertThat(context.createSSLEngine().getClass().getName()).startsWith(OF_SERVERS);
        assertThat(ClientTls.provider()).isEqualTo(FAST ? "Conscrypt" : "SunJSSE");
    }

    @Test
    void partsOfAHandshakeDoNotWaitForAcknowledgements() throws Exception {
        SSLContext context = OutsideServer.of(trusting(), "pay.example").context(null);
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket plain = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket secured =
                        context.getSocketFactory().createSocket(plain, "pay.example", listener.getLocalPort(), true)) {
            assertThat(secured.isConnected()).isTrue();
            assertThat(plain.getTcpNoDelay()).isTrue();
        }
    }

    @Test
    void serversAreOfTheJdk() throws Exception {
        SSLContext context = ServerTls.serverContext(new IdentityHolder());

        assertThat(socketClass(context)).startsWith(OF_SERVERS);
        assertThat(context.createSSLEngine().getClass().getName()).startsWith(OF_SERVERS);
    }

    @Test
    void serverNameThatTheFastProviderDoesNotSendIsSentByTheJdk() throws Exception {
        assertThat(socketClass(OutsideServer.of(trusting(), "pay.example").context(null)))
                .startsWith(OF_CLIENTS);
        assertThat(socketClass(OutsideServer.of(trusting(), "pay").context(null)))
                .startsWith(OF_SERVERS);
    }

    @Test
    void nothingElseInTheProcessChanges() {
        assertThat(Security.getProviders()).extracting(Provider::getName).doesNotContain("Conscrypt");
    }

    private OriginationConfig trusting() {
        return OriginationConfig.of(TlsCredentials.trusting(Set.of(ca.rootCertificate())));
    }

    private static String socketClass(SSLContext context) throws Exception {
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
            return socket.getClass().getName();
        }
    }
}
