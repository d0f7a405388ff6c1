package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.MeshConfig;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import java.io.BufferedReader;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.catalina.connector.Connector;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a listener takes in each mode of mutual TLS, and when the mode changes under it. */
class ModeChangeTest {

    private static final int HANDSHAKE_RECORD = 22;
    private static final int TLS_MAJOR = 3;

    private final Application application = new Application()
            .on(
                    "/who",
                    (request, response) ->
                            response.getWriter().print("you are " + request.getAttribute(MeshFilter.PEER)))
            .on(
                    "/how",
                    (request, response) -> response.getWriter()
                            .print(request.getScheme() + " secure=" + request.isSecure() + " connection="
                                    + request.getServletConnection().isSecure()))
            .on(
                    "/count",
                    (request, response) ->
                            response.getWriter().print(request.getInputStream().readAllBytes().length + " bytes"));

    @ParameterizedTest
    @EnumSource(Container.class)
    void permissiveTakesBothOnOnePort(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.PERMISSIVE)) {
            assertThat(service.client().get("/who").body()).contains("you are null");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client("ratings").get("/who").body()).contains("sa/ratings");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void everyNewConnectionMeetsTheModeOfTheMoment(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.DISABLE)) {
            assertThat(service.client().get("/who").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
            assertThatThrownBy(() -> service.client("ratings").get("/who")).isInstanceOf(IOException.class);

            service.ask(Mtls.STRICT);
            assertThatThrownBy(() -> service.client().get("/who")).isInstanceOf(IOException.class);
            assertThat(service.client("ratings").get("/who").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");

            service.ask(Mtls.PERMISSIVE);
            assertThat(service.client().get("/who").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client("ratings").get("/who").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void plaintextConnectionThatIsThereAlreadyIsRefusedRequestByRequest(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.PERMISSIVE);
                Socket socket = service.client().connect()) {
            BufferedReader answer =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            RawClient.write(socket, "GET /who HTTP/1.1\r\nHost: reviews\r\n\r\n");
            assertThat(answer.readLine()).startsWith("HTTP/1.1 200");
            assertThat(service.ends.next()).isEqualTo("200");

            service.ask(Mtls.STRICT);
            RawClient.write(socket, RawClient.head("GET", "/who"));
            assertThat(answer.lines()).anyMatch(line -> line.endsWith("mesh: no_peer_identity"));
            assertThat(service.ends.next()).isEqualTo("refused 403 NO_PEER_IDENTITY");
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void portLevelModeIsThatOfThePortListenedOn(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.STRICT)) {
            service.ask(service.port(), Mtls.DISABLE);
            assertThat(service.client().get("/who").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
            service.ask(service.port() + 1, Mtls.DISABLE);
            assertThatThrownBy(() -> service.client().get("/who")).isInstanceOf(IOException.class);
        }
    }

    /** Trap: a TLS listener that takes plaintext, or the reverse. */
    @ParameterizedTest
    @EnumSource(Container.class)
    void strictPortClosesPlaintextUnanswered(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.STRICT)) {
            for (String beginning :
                    List.of("GET /who HTTP/1.1\r\nHost: reviews\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
                try (Socket socket = service.client().connect()) {
                    RawClient.write(socket, beginning);
                    assertThat(answered(socket)).isEmpty();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void clientHelloMayComeInSingleBytes(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.PERMISSIVE);
                Socket plain = new SlowStartSocket("127.0.0.1", service.port())) {
            Socket secured = service.context("ratings")
                    .getSocketFactory()
                    .createSocket(plain, "127.0.0.1", service.port(), true);
            RawClient.write(secured, RawClient.head("GET", "/who"));
            assertThat(new String(answered(secured), StandardCharsets.UTF_8)).contains("sa/ratings");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void plaintextMayComeInSingleBytes(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.PERMISSIVE);
                Socket socket = new SlowStartSocket("127.0.0.1", service.port())) {
            RawClient.write(socket, RawClient.head("GET", "/who"));
            assertThat(new String(answered(socket), StandardCharsets.UTF_8)).contains("you are null");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void largePlaintextRequestIsReadWhole(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.PERMISSIVE)) {
            String body = "0123456789".repeat(20_000);
            String head = RawClient.head("POST", "/count", "Content-Length: " + body.length());
            assertThat(service.client().exchange(head + body).body()).contains("200000 bytes");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void applicationIsToldHowEachConnectionIsSecured(Container container) throws Exception {
        try (Service service = Service.of(container, application, Mtls.PERMISSIVE)) {
            assertThat(service.client().get("/how").body()).contains("http secure=false connection=false");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client("ratings").get("/how").body()).contains("https secure=true connection=true");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @Test
    void tomcatEndsHandshakesThatTakeTooLong() throws Exception {
        FakeScheduler time = new FakeScheduler(new FakeClock(Instant.now()));
        try (Service service = Service.in(time, Container.TOMCAT, application);
                Socket slow = service.client().connect()) {
            slow.getOutputStream().write(HANDSHAKE_RECORD);
            // Connections are accepted in order, so the slow one has been when this one is answered.
            assertThat(service.client("ratings").get("/who").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
            time.advance(Duration.ofSeconds(11));
            slow.getOutputStream().write(TLS_MAJOR);
            assertThat(answered(slow)).isEmpty();
        }
    }

    @Test
    void connectorOfAnotherProtocolIsRefusedWithTheRemedy() {
        try (Mesh mesh = Mesh.of(MeshConfig.EMPTY)) {
            assertThatThrownBy(() -> TomcatTls.configure(new Connector(), mesh))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("TomcatTls.connector(mesh, port)")
                    .hasMessageContaining("io.inmesh.servlet.TomcatProtocol");
        }
    }

    @Test
    void connectorThatWasNotToldItsMeshDoesNotStart() {
        Connector connector = new Connector(TomcatProtocol.class.getName());
        connector.setThrowOnFailure(true);
        assertThatThrownBy(connector::init).rootCause().hasMessageContaining("TomcatTls.configure(connector, mesh)");
    }

    private static byte[] answered(Socket socket) throws IOException {
        try {
            return socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // Closing a socket with unread bytes resets it.
            return new byte[0];
        }
    }

    /** Sends the first bytes one by one, each in a packet of its own. */
    private static final class SlowStartSocket extends Socket {
        private static final int SINGLE_BYTES = 30;

        SlowStartSocket(String host, int port) throws IOException {
            super(host, port);
            setTcpNoDelay(true);
            setSoTimeout(20_000);
        }

        @Override
        public OutputStream getOutputStream() throws IOException {
            return new FilterOutputStream(super.getOutputStream()) {
                private int written;

                @Override
                public void write(byte[] bytes, int offset, int length) throws IOException {
                    int end = offset + length;
                    int next = offset;
                    for (; next < end && written < SINGLE_BYTES; written++) {
                        out.write(bytes, next++, 1);
                        out.flush();
                    }
                    out.write(bytes, next, end - next);
                }
            };
        }
    }
}
