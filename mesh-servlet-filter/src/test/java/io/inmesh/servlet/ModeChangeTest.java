package io.inmesh.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.Mesh;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.config.MeshConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.apache.catalina.connector.Connector;
import org.junit.jupiter.api.Test;

/** What a listener takes in each mode of mutual TLS, and when the mode changes under it. */
class ModeChangeTest {

    private final Application application = new Application()
            .on(
                    "/who",
                    (request, response) ->
                            response.getWriter().print("you are " + request.getAttribute(MeshFilter.PEER)));

    @Test
    void permissiveTakesBothOnOnePort() throws Exception {
        try (Service service = Service.of(Container.JETTY, application, Mtls.PERMISSIVE)) {
            assertThat(service.client().get("/who").body()).contains("you are null");
            assertThat(service.ends.next()).isEqualTo("200");
            assertThat(service.client("ratings").get("/who").body()).contains("sa/ratings");
            assertThat(service.ends.next()).isEqualTo("200");
        }
    }

    @Test
    void everyNewConnectionMeetsTheModeOfTheMoment() throws Exception {
        try (Service service = Service.of(Container.JETTY, application, Mtls.DISABLE)) {
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

    @Test
    void plaintextConnectionThatIsThereAlreadyIsRefusedRequestByRequest() throws Exception {
        try (Service service = Service.of(Container.JETTY, application, Mtls.PERMISSIVE);
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

    @Test
    void plaintextListenerOfTomcatRefusesRequestsOnceTheModeIsStrict() throws Exception {
        try (Service service = Service.of(Container.TOMCAT, application, Mtls.DISABLE)) {
            assertThat(service.client().get("/who").status()).isEqualTo(200);
            assertThat(service.ends.next()).isEqualTo("200");
            service.ask(Mtls.STRICT);
            assertThat(service.client().get("/who").status()).isEqualTo(403);
            assertThat(service.ends.next()).isEqualTo("refused 403 NO_PEER_IDENTITY");
        }
    }

    @Test
    void tomcatSaysThatItCannotBePermissive() {
        try (Mesh mesh = Mesh.of(MeshConfig.EMPTY)) {
            assertThatThrownBy(() -> TomcatTls.configure(new Connector(), mesh))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("one port")
                    .hasMessageContaining("PERMISSIVE")
                    .hasMessageContaining("STRICT or DISABLE");
        }
    }
}
