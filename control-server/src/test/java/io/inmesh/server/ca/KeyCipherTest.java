package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys on disk, with a passphrase and without. */
class KeyCipherTest {
    private static final String PASSPHRASE = "correct horse battery";

    @TempDir
    Path directory;

    private final FakeTime time = new FakeTime();
    private final SecureRandom random = new SecureRandom();

    @ParameterizedTest
    @EnumSource
    void everyKindOfKeyComesBack(KeyAlgorithm algorithm) throws Exception {
        KeyCipher cipher = KeyCipher.of(PASSPHRASE.toCharArray(), random);
        KeyPair key = algorithm.newKey(random);

        String text = cipher.encode(key.getPrivate());

        assertThat(text).startsWith("-----BEGIN ENCRYPTED PRIVATE KEY-----");
        assertThat(cipher.decode(text, "it").getEncoded())
                .isEqualTo(key.getPrivate().getEncoded());
        assertThat(cipher.encode(key.getPrivate())).as("salted").isNotEqualTo(text);
    }

    @Test
    void withAPassphraseNoKeyIsReadableAndTheSameAuthorityIsThereAfterARestart() throws Exception {
        byte[] before = open(PASSPHRASE).rootHash();

        assertThat(keyFiles())
                .hasSize(2)
                .allSatisfy(file -> assertThat(Files.readString(file))
                        .contains("BEGIN ENCRYPTED PRIVATE KEY")
                        .doesNotContain("BEGIN PRIVATE KEY"));
        assertThat(open(PASSPHRASE).rootHash()).isEqualTo(before);
    }

    @Test
    void withAnotherPassphraseOrNoneItDoesNotStartAndSaysWhy() throws Exception {
        open(PASSPHRASE);

        assertThatThrownBy(() -> open("another passphrase"))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("signer.pem cannot be decrypted")
                .hasMessageContaining("the passphrase is not the one")
                .hasMessageNotContaining("another passphrase");
        assertThatThrownBy(() -> open(""))
                .hasMessageContaining("is encrypted")
                .hasMessageContaining("INMESH_CA_PASSPHRASE");
    }

    @Test
    void keysThatWereNotEncryptedAreWhenAPassphraseAppears() throws Exception {
        byte[] before = open("").rootHash();
        assertThat(keyFiles())
                .allSatisfy(file -> assertThat(Files.readString(file)).contains("BEGIN PRIVATE KEY"));

        CertificateAuthority authority = open(PASSPHRASE);

        assertThat(authority.rootHash()).isEqualTo(before);
        assertThat(authority.encryptsKeys()).isTrue();
        assertThat(keyFiles()).hasSize(2).allSatisfy(file -> {
            assertThat(Files.readString(file)).doesNotContain("BEGIN PRIVATE KEY");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
        });
    }

    @Test
    void thePassphraseMayStandInAFileThatOnlyItsOwnerReads() throws Exception {
        Path file = directory.resolve("passphrase");
        SecretFiles.write(file, PASSPHRASE + "\nanything\n");
        AuthoritySettings settings = read("authority: {passphraseFile: passphrase}");
        byte[] before =
                settings.open(ca(), "inmesh.local", Map.of(), time, random).rootHash();

        assertThat(open(PASSPHRASE).rootHash()).isEqualTo(before);
        assertThatThrownBy(() -> settings.open(
                        ca(), "inmesh.local", Map.of(AuthoritySettings.PASSPHRASE_VARIABLE, PASSPHRASE), time, random))
                .hasMessageContaining("give it in one of them");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> settings.open(ca(), "inmesh.local", Map.of(), time, random))
                .hasMessageContaining("chmod 600");
        Files.delete(file);
        assertThatThrownBy(() -> settings.open(ca(), "inmesh.local", Map.of(), time, random))
                .hasMessageContaining("authority.passphraseFile");
    }

    @Test
    void aPassphraseThatCanBeGuessedIsNotTaken() {
        assertThatThrownBy(() -> open("short"))
                .hasMessageContaining("fewer than 12")
                .hasMessageNotContaining("short ");
    }

    @Test
    void opensslReadsTheKeys() throws Exception {
        assumeTrue(OpenSsl.present(), "openssl is not on the path");
        open(PASSPHRASE);

        for (Path file : keyFiles()) {
            assertThat(OpenSsl.run("pkey", "-in", file.toString(), "-noout", "-text", "-passin", "pass:" + PASSPHRASE))
                    .contains("NIST CURVE: P-256");
        }
    }

    private AuthoritySettings read(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("server.yaml"), yaml);
        return AuthoritySettings.read(SettingsFile.read(file).section("authority"));
    }

    private CertificateAuthority open(String passphrase) throws IOException {
        return AuthoritySettings.defaults()
                .open(ca(), "inmesh.local", Map.of(AuthoritySettings.PASSPHRASE_VARIABLE, passphrase), time, random);
    }

    private Path ca() {
        return directory.resolve("ca");
    }

    private List<Path> keyFiles() throws IOException {
        try (var files = Files.walk(ca())) {
            return files.filter(file -> file.toString().endsWith("root.key") || file.endsWith("signer.pem"))
                    .toList();
        }
    }
}
