package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.Mesh;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.server.fixture.SecuredServer;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.testkit.TestCa;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two control servers; ours takes the bundle of the other over HTTPS, whose certificate is of a private authority. */
class FederationEndToEndTest {
    private static final String FEDERATION = "/inmesh/v1/ca/federation";

    @TempDir
    private Path folder;

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
        try (RunningServer own = own(partnerRoot)) {
            own.await(FEDERATION, body -> body.at("/items/0/roots").asInt() == 1);
            X509Certificate root = partnerRoot();
            try (Mesh mesh = own.join(own.token("reviews", 1), client -> client.service("reviews"))) {
                RunningServer.await(() -> trusted(mesh, "partner.example").equals(Set.of(root)));
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
        try (RunningServer own = own(stranger)) {
            JsonNode tried = own.await(
                            FEDERATION,
                            body -> !body.at("/items/0/problem").asText().isEmpty())
                    .at("/items/0");
            assertThat(tried.path("problem").asText()).contains("SSLHandshakeException");
            assertThat(tried.path("roots").asInt()).isZero();
        }
    }

    private RunningServer own(Path caFile) throws Exception {
        return RunningServer.on(
                folder.resolve("own"),
                "federation: [{trustDomain: partner.example, caFile: '" + caFile + "', bundleUrl: 'https://localhost:"
                        + partner.httpPort() + "/inmesh/v1/bundle'}]\n");
    }

    private X509Certificate partnerRoot() throws Exception {
        try (InputStream in = Files.newInputStream(partnerRoot)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private static Set<X509Certificate> trusted(Mesh mesh, String trustDomain) {
        IdentityEpoch epoch = mesh.identity().current();
        return epoch == null ? Set.of() : epoch.trust().rootsOf(trustDomain);
    }
}
