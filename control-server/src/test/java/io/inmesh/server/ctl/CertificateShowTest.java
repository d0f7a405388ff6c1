package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ctl.MeshUnderTest.Run;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code meshctl cert show} and {@code trust-compare} over files, a server that speaks TLS, and a process of the mesh. */
class CertificateShowTest {

    private static final String REVIEWS = "spiffe://inmesh.local/ns/default/sa/reviews";

    @TempDir
    private static Path folder;

    private static MeshUnderTest mesh;
    private static Path reviews;

    @BeforeAll
    static void join() throws IOException {
        mesh = new MeshUnderTest(folder);
        reviews = folder.resolve("reviews");
        assertThat(mesh.run("cert", "issue", "--sa", "reviews", "--out", reviews.toString())
                        .exitCode())
                .isEqualTo(ExitCode.OK);
        mesh.join("default", "ratings");
    }

    @AfterAll
    static void leave() {
        mesh.close();
    }

    @Test
    void aFileIsShownWithoutItsKey() throws IOException {
        Path file = folder.resolve("all.pem");
        Files.writeString(
                file, Files.readString(reviews.resolve("key.pem")) + Files.readString(reviews.resolve("cert.pem")));
        Run run = mesh.run("cert", "show", file.toString(), "-o", "wide");

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out())
                .contains("SUBJECT", "ENDS", "ISSUER", "SHA-256")
                .contains(
                        REVIEWS, "leaf", "EC 256", "(in 23h)", "O=inmesh.local,CN=Inmesh intermediate", "intermediate")
                .doesNotContain("PRIVATE KEY");
    }

    @Test
    void programsGetEveryFactWithTheTimeInUtc() throws IOException {
        JsonNode body = Api.JSON.readTree(
                mesh.run("cert", "show", reviews.toString(), "-o", "json").out());

        JsonNode leaf = body.at("/certificates/0");
        assertThat(leaf.path("subject").asText()).isEqualTo(REVIEWS);
        assertThat(leaf.path("sha256").asText())
                .hasSize(64)
                .startsWith(leaf.path("id").asText());
        assertThat(leaf.path("notAfter").asText()).endsWith("Z");
        assertThat(body.at("/certificates/2/role").asText()).isEqualTo("root");
        assertThat(body.path("flaws")).isEmpty();
    }

    @Test
    void aServerIsLookedAtThoughItAsksForAClientCertificate() throws IOException {
        String address = "127.0.0.1:" + mesh.grpcPort();
        Run run = mesh.run("cert", "show", address, "-o", "json");

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
        JsonNode body = Api.JSON.readTree(run.out());
        assertThat(body.path("from").asText()).isEqualTo("server");
        assertThat(body.at("/certificates/0/subject").asText())
                .isEqualTo("spiffe://inmesh.local/ns/inmesh-system/sa/control-server");
    }

    @Test
    void aProcessIsShownWithTheRootsItHasBeenSent() throws IOException {
        Run run = mesh.run("cert", "show", "ratings", "-o", "json");

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
        JsonNode body = Api.JSON.readTree(run.out());
        assertThat(body.at("/certificates/0/subject").asText()).endsWith("/sa/ratings");
        assertThat(body.path("certificates").findValuesAsText("role")).containsExactly("leaf", "intermediate", "root");
    }

    @Test
    void aDeniedCertificateIsTheReason() throws IOException {
        Path denied = folder.resolve("denied");
        mesh.run("cert", "issue", "--sa", "details", "--out", denied.toString());
        String serial = Api.JSON
                .readTree(mesh.run("cert", "show", denied.toString(), "-o", "json")
                        .out())
                .at("/certificates/0/serial")
                .asText();
        mesh.run("ca", "deny", serial, "--reason", "a stolen laptop");

        Run run = mesh.run("cert", "trust-compare", denied.toString(), "ratings");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.out())
                .contains("share a root; a handshake between them fails:")
                .contains("error " + serial + " is on the deny list: a stolen laptop; meshctl ca allow " + serial);
    }

    @Test
    void theSameRootLetsAFileAndAProcessTalk() {
        Run run = mesh.run("cert", "trust-compare", reviews.toString(), "ratings");

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
        assertThat(run.out()).contains("share a root; a handshake between them succeeds");
        assertThat(run.out().lines().filter(line -> line.contains("yes"))).hasSize(1);
    }

    @Test
    void whoTrustsNothingInCommonIsToldBothWays() throws IOException {
        try (MeshUnderTest other = new MeshUnderTest(folder.resolve("stranger"))) {
            Path stranger = folder.resolve("stranger-files");
            other.run("cert", "issue", "--sa", "reviews", "--out", stranger.toString());
            Run run = mesh.run("cert", "trust-compare", stranger.toString(), "ratings");

            assertThat(run.exitCode()).isEqualTo(ExitCode.FINDINGS);
            assertThat(run.out())
                    .contains("share no root; a handshake between them fails:")
                    .contains("error ratings refuses " + REVIEWS + ": it trusts root ")
                    .contains("error " + stranger + " refuses spiffe://inmesh.local/ns/default/sa/ratings");
        }
    }

    @Test
    void whatCannotBeKnownIsNotCalledGood() {
        Run run = mesh.run("cert", "trust-compare", reviews.resolve("cert.pem").toString(), "ratings", "-o", "table");

        assertThat(run.exitCode()).isEqualTo(ExitCode.FINDINGS);
        assertThat(run.out())
                .contains("not everything can:")
                .contains("warning the roots that " + reviews.resolve("cert.pem") + " trusts are not known here");
    }

    @Test
    void mistakesSayWhatIsMissing() throws IOException {
        assertThat(mesh.run("cert", "show", folder.resolve("absent.pem").toString()))
                .satisfies(run -> assertThat(run.exitCode()).isEqualTo(ExitCode.USAGE))
                .satisfies(run -> assertThat(run.err()).contains("there is no file"));
        assertThat(mesh.run("cert", "show", reviews.resolve("key.pem").toString())
                        .err())
                .contains("holds no PEM certificate");
        assertThat(mesh.run("cert", "show", "nobody").err()).contains("\"nobody\"", "meshctl status");
        try (ServerSocket bound = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = bound.getLocalPort();
            bound.close();
            Run run = mesh.run("cert", "show", "127.0.0.1:" + port);
            assertThat(run.exitCode()).isEqualTo(ExitCode.UNREACHABLE);
            assertThat(run.err()).contains("no TLS with 127.0.0.1:" + port);
        }
    }
}
