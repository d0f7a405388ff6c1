package io.inmesh.server.ca;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.settings.SettingsFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.SignatureException;
import java.security.cert.CRL;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A server brings the files of an authority along to a store: taken in if the store has none, put aside if they are of the same one. */
class AuthorityFromFilesTest extends SharedAuthorityFixture {

    @Test
    void aServerBringsItsFilesAlongAndPutsThemAside() throws Exception {
        Path files = directory.resolve("ca");
        byte[] root = CertificateAuthority.open(files, "inmesh.local", time, new SecureRandom())
                .rootHash();
        Path copy = directory.resolve("copy");
        AuthorityCopy.write(copy, AuthorityCopy.read(files));

        assertThat(open(engine, followed(engine), "ca", PASSPHRASE).rootHash()).isEqualTo(root);
        assertThat(open(engine, followed(engine), "copy", PASSPHRASE).rootHash())
                .as("another server with the same files")
                .isEqualTo(root);

        assertThat(files).doesNotExist();
        assertThat(directory.resolve("ca.moved/authority.json")).exists();
        assertThat(directory.resolve("copy.moved/authority.json")).exists();
        assertThat(open().rootHash()).isEqualTo(root);
    }

    @Test
    void filesAreAnAuthorityForAStoreThatMayNotFoundOne() throws Exception {
        AuthoritySettings refusing = AuthoritySettings.read(SettingsFile.read(
                        Files.writeString(directory.resolve("settings.yaml"), "authority: {whenMissing: refuse}"))
                .section("authority"));
        SharedAuthority.requireOne(AuthoritySettings.defaults(), engine, "the place", directory.resolve("ca"));
        assertThatThrownBy(() -> SharedAuthority.requireOne(refusing, engine, "the place", directory.resolve("ca")))
                .hasMessageContaining("in the place, and none is founded");

        byte[] root = CertificateAuthority.open(directory.resolve("ca"), "inmesh.local", time, new SecureRandom())
                .rootHash();
        SharedAuthority.requireOne(refusing, engine, "the place", directory.resolve("ca"));

        assertThat(SharedAuthority.open(
                                refusing,
                                engine,
                                followed(engine),
                                directory.resolve("ca"),
                                "inmesh.local",
                                Map.of(AuthoritySettings.PASSPHRASE_VARIABLE, PASSPHRASE),
                                time,
                                new SecureRandom())
                        .rootHash())
                .isEqualTo(root);
        SharedAuthority.requireOne(refusing, engine, "the place", directory.resolve("none"));
    }

    @Test
    void anAuthorityFromFilesIsNotNewSoProcessesAreWaitedFor() throws Exception {
        CertificateAuthority.open(directory.resolve("ca"), "inmesh.local", time, new SecureRandom());

        assertThat(open(engine, followed(engine), "ca", PASSPHRASE).isNew()).isFalse();
    }

    @Test
    void whatACrashLeftHalfWrittenDoesNotComeIntoTheStoreAndCertificatesMayBeReadable() throws Exception {
        Path files = directory.resolve("ca");
        String id = CertificateAuthority.open(files, "inmesh.local", time, new SecureRandom())
                .rootSet()
                .active()
                .id();
        Path earlier = files.resolve("roots/" + id + "/earlier");
        SecretFiles.createDirectory(earlier);
        SecretFiles.write(earlier.resolve(".1.pem.half"), "-----BEGIN PRIV");
        Files.setPosixFilePermissions(
                files.resolve("roots/" + id + "/root.crt"), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(open(engine, followed(engine), "ca", PASSPHRASE).rootSet().get(id))
                .isPresent();
        assertThat(open().rootSet().get(id)).isPresent();
    }

    @Test
    void filesThatCannotBeReadDoNotComeIntoTheStore() throws Exception {
        Path files = directory.resolve("ca");
        String id = CertificateAuthority.open(files, "inmesh.local", time, new SecureRandom())
                .rootSet()
                .active()
                .id();
        Path earlier = files.resolve("roots/" + id + "/earlier");
        SecretFiles.createDirectory(earlier);
        SecretFiles.write(earlier.resolve("notes.pem"), SecretFiles.read(files.resolve("roots/" + id + "/signer.pem")));

        assertThatThrownBy(() -> open(engine, followed(engine), "ca", PASSPHRASE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("notes.pem");
        assertThat(engine.get(SharedAuthority.TABLE, "state")).isEmpty();
        assertThat(files).exists();
    }

    @Test
    void aServerWithTheFilesOfAnotherAuthorityDoesNotStart() throws Exception {
        open();
        Path files = directory.resolve("ca");
        CertificateAuthority.open(files, "inmesh.local", time, new SecureRandom());

        assertThatThrownBy(() -> open(engine, followed(engine), "ca", PASSPHRASE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("is not one of the authority in the store")
                .hasMessageContaining("move the folder away");
        assertThat(files.resolve("authority.json")).exists();
    }

    @Test
    void filesWhoseRootIsNotTrustedAnyMoreDoNotCountAsKnown() throws Exception {
        copyOfFiles();
        CertificateAuthority authority = open(engine, followed(engine), "ca", PASSPHRASE);
        String first = authority.rootSet().active().id();
        authority.activate(authority.stage(null));
        authority.move(authority.rootSet().get(first).orElseThrow(), RootState.RETIRING, List.of());

        assertThatThrownBy(() -> open(engine, followed(engine), "copy", PASSPHRASE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(first + " is RETIRING in the store")
                .hasMessageContaining("move the folder away");
        assertThat(directory.resolve("copy")).exists();
    }

    @Test
    void everyRootThatFilesHaveProcessesTrustHasToBeKnown() throws Exception {
        copyOfFiles();
        open(engine, followed(engine), "ca", PASSPHRASE);
        Root more = CertificateAuthority.open(directory.resolve("copy"), "inmesh.local", time, new SecureRandom())
                .stage(null);

        assertThatThrownBy(() -> open(engine, followed(engine), "copy", PASSPHRASE))
                .hasMessageContaining(more.id() + " is not one of the authority in the store");
        assertThat(directory.resolve("copy")).exists();
    }

    @Test
    void thereAreRevocationListsOfWhatTheFilesOfAnotherServerHaveSignedWith() throws Exception {
        copyOfFiles();
        time.advance(Duration.ofDays(244));
        CertificateAuthority copied =
                CertificateAuthority.open(directory.resolve("copy"), "inmesh.local", time, new SecureRandom());
        X509Certificate renewed = issue(copied).chain().get(1);
        CertificateAuthority authority = open(engine, followed(engine), "ca", PASSPHRASE);
        assertThat(signsRevocations(authority, renewed)).isFalse();

        assertThat(signsRevocations(open(engine, followed(engine), "copy", PASSPHRASE), renewed))
                .isTrue();
        assertThat(directory.resolve("copy.moved")).exists();
        assertThat(signsRevocations(open(), renewed)).as("at all servers").isTrue();
    }

    private void copyOfFiles() throws IOException {
        Path files = directory.resolve("ca");
        CertificateAuthority.open(files, "inmesh.local", time, new SecureRandom());
        AuthorityCopy.write(directory.resolve("copy"), AuthorityCopy.read(files));
    }

    private static boolean signsRevocations(CertificateAuthority authority, X509Certificate signer) throws Exception {
        String lists = authority.revocationLists(new DenyList.Denied(Set.of(BigInteger.ONE), Set.of()));
        for (CRL list :
                CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(lists.getBytes(UTF_8)))) {
            try {
                ((X509CRL) list).verify(signer.getPublicKey());
                return true;
            } catch (SignatureException e) {
                // Of another one.
            }
        }
        return false;
    }

    @Test
    void aServerWithAStoreOfItsOwnFoundsNoneBesideOneThatIsInTheStore() throws Exception {
        open();
        Path files = directory.resolve("ca");

        assertThatThrownBy(() -> SharedAuthority.requireNone(engine, files)).hasMessageContaining("store restore");
        CertificateAuthority.open(files, "inmesh.local", time, new SecureRandom());
        assertThatCode(() -> SharedAuthority.requireNone(engine, files)).doesNotThrowAnyException();
    }
}
