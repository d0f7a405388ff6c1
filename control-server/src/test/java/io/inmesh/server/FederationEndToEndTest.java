package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.Mesh;
import io.inmesh.client.ControlClient;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.server.fixture.SecuredServer;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.testkit.TestCa;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two control servers; ours takes the bundle of the other over HTTPS, whose certificate is of a private authority. */
class FederationEndToEndTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private ControlServer partner;
    private Path partnerRoot;

    @BeforeEach
    void servePartner() throws Exception {
        Path home = Files.createDirectory(folder.resolve("partner"));
        partner = new ControlServer(new ServerOptions(
                "127.0.0.1",
                0,
                "0.0.0.0",
                0,
                -1,
                home.resolve("data"),
                null,
                "partner.example",
                SettingsFile.read(SecuredServer.settings(home, "", List.of()))));
        try (Stream<Path> files = Files.walk(home.resolve("data/ca"))) {
            partnerRoot =
                    files.filter(file -> file.endsWith("root.crt")).findFirst().orElseThrow();
        }
    }

    @AfterEach
    void stopPartner() {
        partner.close();
    }

    @Test
    void rootsOfAnotherMeshComeOverHttpsAndReachEveryProcess() throws Exception {
        try (ControlServer own = own(partnerRoot)) {
            while (federation(own).path("roots").asInt() == 0) {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
            X509Certificate root = partnerRoot();
            try (Mesh mesh = join(own)) {
                while (!trusted(mesh, "partner.example").equals(Set.of(root))) {
                    LockSupport.parkNanos(LOOK_AGAIN_NANOS);
                }
                assertThat(trusted(mesh, "inmesh.local")).hasSize(1).doesNotContain(root);
            }
        }
    }

    @Test
    void aBundleServerThatAnotherAuthorityVouchesForIsNotBelieved() throws Exception {
        Path stranger = Files.writeString(
                folder.resolve("stranger.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(TestCa.root("partner.example")
                                        .rootCertificate()
                                        .getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        try (ControlServer own = own(stranger)) {
            while (federation(own).path("problem").asText().isEmpty()) {
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
            assertThat(federation(own).path("problem").asText()).contains("SSLHandshakeException");
            assertThat(federation(own).path("roots").asInt()).isZero();
        }
    }

    private ControlServer own(Path caFile) throws Exception {
        Path settings = Files.writeString(
                folder.resolve("own.yaml"),
                "federation: [{trustDomain: partner.example, caFile: '" + caFile + "', bundleUrl: 'https://localhost:"
                        + partner.httpPort() + "/inmesh/v1/bundle'}]\n");
        return new ControlServer(ServerOptions.onLoopback(0, 0, folder.resolve("own"), SettingsFile.read(settings)));
    }

    private X509Certificate partnerRoot() throws Exception {
        try (InputStream in = Files.newInputStream(partnerRoot)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private Mesh join(ControlServer server) throws Exception {
        JsonNode token =
                send(HttpRequest.newBuilder(uri(server, "/api/v1/namespaces/default/serviceaccounts/reviews/token"))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{}")));
        Path file = Files.writeString(
                folder.resolve("token"), token.at("/status/token").asText());
        return Mesh.builder()
                .controlPlane(ControlClient.builder()
                        .server("127.0.0.1:" + server.grpcPort())
                        .service("reviews")
                        .tokenFile(file)
                        .build())
                .build();
    }

    private static Set<X509Certificate> trusted(Mesh mesh, String trustDomain) {
        IdentityEpoch epoch = mesh.identity().current();
        return epoch == null ? Set.of() : epoch.trust().rootsOf(trustDomain);
    }

    private JsonNode federation(ControlServer server) throws Exception {
        return send(HttpRequest.newBuilder(uri(server, "/inmesh/v1/ca/federation")))
                .at("/items/0");
    }

    private JsonNode send(HttpRequest.Builder request) throws Exception {
        return JSON.readTree(http.send(request.build(), BodyHandlers.ofString()).body());
    }

    private static URI uri(ControlServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.httpPort() + path);
    }
}
