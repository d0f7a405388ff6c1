package io.inmesh.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.testkit.TestCa;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Joining by a token of somebody else, such as one that Kubernetes puts into a file and replaces every hour. */
final class CredentialTest {

    private static final String TOKEN = "header." + FakeCertificates.SECRET + ".signature";

    @TempDir
    Path folder;

    @Test
    void aTokenWithTheMeshsRootsBesideItJoins() throws Exception {
        try (Joined joined = with(TOKEN)) {
            joined.nextStream();

            assertThat(FakeControlPlane.next(joined.server.certificates.asked).authorization())
                    .isEqualTo("Bearer " + TOKEN);
            assertThat(joined.mesh.identity().current()).isNotNull();
        }
    }

    @Test
    void theFileIsReadAnewForEachTry() throws Exception {
        try (Joined joined = with("header.old.signature")) {
            Duration wait = joined.mesh.nextDelay(Duration.ofMillis(800), Duration.ofSeconds(36));
            assertThat(FakeControlPlane.next(joined.server.certificates.asked).authorization())
                    .isEqualTo("Bearer header.old.signature");
            Files.writeString(folder.resolve("projected"), TOKEN + "\n");

            joined.mesh.time.advance(wait);

            joined.nextStream();
            assertThat(FakeControlPlane.next(joined.server.certificates.asked).authorization())
                    .isEqualTo("Bearer " + TOKEN);
        }
    }

    @Test
    void aFileThatIsGoneForAMomentIsTriedAgain() throws Exception {
        try (Joined joined = with("header.old.signature")) {
            Duration first = joined.mesh.nextDelay(Duration.ofMillis(800), Duration.ofSeconds(36));
            Files.delete(folder.resolve("projected"));
            joined.mesh.time.advance(first);
            Duration second = joined.mesh.nextDelay(Duration.ofMillis(800), Duration.ofSeconds(36));
            Files.writeString(folder.resolve("projected"), TOKEN);

            joined.mesh.time.advance(second);

            joined.nextStream();
        }
    }

    @Test
    void aServerOfAnotherRootIsToldNothing() throws Exception {
        Path roots = folder.resolve("other-roots.pem");
        Files.writeString(
                roots, FakeCertificates.pem(TestCa.root("inmesh.local").rootCertificate()));
        try (Joined joined =
                Joined.with(folder, builder -> builder.tokenFile(token(TOKEN)).caFile(roots))) {
            joined.mesh.nextDelay(Duration.ofMillis(800), Duration.ofSeconds(36));

            assertThat(joined.server.certificates.asked).isEmpty();
        }
    }

    @Test
    void aTokenThatNamesNoRootNeedsOneBesideIt() {
        assertThatThrownBy(() -> Credential.read(token(TOKEN), null))
                .hasMessageContaining("set INMESH_CA_FILE")
                .hasMessageNotContaining(FakeCertificates.SECRET);
    }

    @Test
    void rootsThatAreNoneAreRefused() throws Exception {
        Path roots = Files.writeString(folder.resolve("roots.pem"), "");
        assertThatThrownBy(() -> Credential.read(token(TOKEN), roots)).hasMessageContaining("holds no certificate");
    }

    private Joined with(String token) throws Exception {
        return Joined.with(folder, builder -> builder.tokenFile(token(token)).caFile(folder.resolve("roots.pem")));
    }

    private Path token(String text) {
        try {
            return Files.writeString(folder.resolve("projected"), text + "\n");
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
