package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.identity.DenyList;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.SpiffeId;
import io.inmesh.identity.TrustBundle;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a change of trust does to connections that are there already. */
class OpenConnectionTest {

    private static final String REQUEST = "GET /who HTTP/1.1\r\nHost: reviews:9080\r\n\r\n";

    private final Application who = new Application()
            .on("/who", (request, response) -> response.getWriter().print("hello"));

    /** Trap 45: no handshake happens here in which a trust manager could be asked. */
    @ParameterizedTest
    @EnumSource
    void removedRootEndsTheVeryNextRequestOnAnOpenConnection(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT);
                Socket socket = service.client("productpage").connect()) {
            assertThat(next(socket)).startsWith("HTTP/1.1 200");
            assertThat(service.ends.next()).isEqualTo("200");
            trust(service, TestCa.root(Service.DOMAIN).bundle());

            assertRefused(service, socket);
        }
    }

    @ParameterizedTest
    @EnumSource
    void deniedPeerIsRefusedOnTheConnectionItHasAndOthersAreNot(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT);
                Socket denied = service.client("productpage").connect();
                Socket other = service.client("ratings").connect()) {
            assertThat(next(denied)).startsWith("HTTP/1.1 200");
            assertThat(next(other)).startsWith("HTTP/1.1 200");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.ends.next()).isEqualTo("200");
            SpiffeId stolen = SpiffeId.of(Service.DOMAIN, "default", "productpage");
            trust(service, service.ca.bundle().withDenied(new DenyList(Map.of(), Set.of(stolen))));

            assertRefused(service, denied);
            assertThat(next(other)).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource
    void renewalLetsAnOpenConnectionGoOn(Container container) throws Exception {
        try (Service service = Service.of(container, who, Mtls.STRICT);
                Socket socket = service.client("productpage").connect()) {
            assertThat(next(socket)).startsWith("HTTP/1.1 200");
            assertThat(service.ends.next()).isEqualTo("200");
            service.mesh.identity().update(service.ca.issue("default", "reviews"), service.ca.bundle());

            assertThat(next(socket)).startsWith("HTTP/1.1 200").doesNotContain("Connection: close");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    private static void assertRefused(Service service, Socket socket) throws Exception {
        String refused = next(socket);
        assertThat(refused).startsWith("HTTP/1.1 403").containsIgnoringCase("connection: close");
        assertThat(refused).as("why is for the log").doesNotContain("root").doesNotContain("list");
        assertThat(socket.getInputStream().read()).as("closed").isEqualTo(-1);
        assertThat(service.ends.next()).contains("NO_PEER_IDENTITY");
    }

    private static void trust(Service service, TrustBundle trust) {
        IdentityHolder holder = service.mesh.identity();
        IdentityEpoch epoch = Objects.requireNonNull(holder.current());
        holder.update(epoch.identity(), trust);
    }

    /** {@return head and body of one more answer on this connection} */
    private static String next(Socket socket) throws IOException {
        RawClient.write(socket, REQUEST);
        InputStream in = socket.getInputStream();
        StringBuilder text = new StringBuilder();
        while (text.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("closed after: " + text);
            }
            text.append((char) octet);
        }
        String head = text.toString();
        int at = head.toLowerCase(java.util.Locale.ROOT).indexOf("content-length: ") + 16;
        int length = Integer.parseInt(head.substring(at, head.indexOf('\r', at)));
        return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }
}
