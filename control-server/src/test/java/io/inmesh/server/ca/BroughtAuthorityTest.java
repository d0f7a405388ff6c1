package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.client.translate.Translated;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.TrustBundle;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.ForeignCa;
import io.inmesh.server.fixture.Keys;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.server.translate.Trust;
import io.inmesh.server.translate.TrustSecret;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.TestCa;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An intermediate made elsewhere: what is taken, what is refused and with which words. */
class BroughtAuthorityTest {
    private static final String SETTINGS =
            "authority: {intermediate: {certificate: ca.pem, key: ca.key}, roots: [root.pem]}";
    private static final WorkloadIdentity REVIEWS = new WorkloadIdentity("inmesh.local", "default", "reviews");

    @TempDir
    Path directory;

    private final FakeTime time = new FakeTime();
    private final ForeignCa root = ForeignCa.root(FakeTime.START, spec -> {});

    @Test
    void aChainOfSeveralIntermediatesIsIssuedWhole() throws Exception {
        ForeignCa upper = root.intermediate(spec -> {});
        ForeignCa lower = upper.intermediate(spec -> spec.pathLength = 0);
        write("ca.pem", lower.pem() + upper.pem());
        key("ca.key", lower);
        write("root.pem", root.pem());

        List<X509Certificate> chain = issue(open(SETTINGS)).chain();

        assertThat(chain).hasSize(4).endsWith(lower.certificate(), upper.certificate(), root.certificate());
        verifyWithOpenSsl(chain);
    }

    @Test
    void whatTheSettingsBringAlongDoesNotStandForAnAuthorityThatIsMissing() throws Exception {
        ForeignCa intermediate = root.intermediate(spec -> {});
        write("ca.pem", intermediate.pem());
        key("ca.key", intermediate);
        write("root.pem", root.pem());
        String refusing = SETTINGS.replace("{intermediate:", "{whenMissing: refuse, intermediate:");

        assertThatThrownBy(() -> open(refusing))
                .hasMessageContaining("no certificate authority in " + directory.resolve("ca"))
                .hasMessageContaining("authority.whenMissing");

        open(SETTINGS);
        assertThat(issue(open(refusing)).chain()).endsWith(root.certificate());
    }

    @Test
    void theOrderInTheFileDoesNotMatterNorDoesTheRootInIt() throws Exception {
        ForeignCa upper = root.intermediate(spec -> {});
        ForeignCa lower = upper.intermediate(spec -> spec.pathLength = 0);
        write("ca.pem", root.pem() + upper.pem() + lower.pem());
        key("ca.key", lower);
        write("root.pem", root.pem());

        assertThat(issue(open(SETTINGS)).chain()).hasSize(4);
    }

    @Test
    void aPkcs12FileWithPasswordWillDoToo() throws Exception {
        ForeignCa intermediate = root.intermediate(spec -> {});
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("ca", intermediate.key(), "open sesame".toCharArray(), new Certificate[] {
            intermediate.certificate(), root.certificate()
        });
        Path file = Files.createFile(
                directory.resolve("ca.p12"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "open sesame".toCharArray());
        }
        SecretFiles.write(directory.resolve("password"), "open sesame\n");
        String settings = "authority: {intermediate: {pkcs12: ca.p12, passwordFile: password}}";

        assertThat(issue(open(settings)).chain()).hasSize(3).endsWith(root.certificate());
        SecretFiles.write(directory.resolve("password"), "open barley\n");
        assertThatThrownBy(() -> open(settings, directory.resolve("other")))
                .hasMessageContaining("ca.p12 cannot be opened with the password");
    }

    @Test
    void anEncryptedKeyNeedsItsPassword() throws Exception {
        ForeignCa intermediate = root.intermediate(spec -> {});
        write("ca.pem", intermediate.pem());
        SecretFiles.write(
                directory.resolve("ca.key"),
                KeyCipher.of("open sesame".toCharArray(), new SecureRandom()).encode(intermediate.key()));
        write("root.pem", root.pem());
        SecretFiles.write(directory.resolve("password"), "open sesame\n");

        assertThatThrownBy(() -> open(SETTINGS)).hasMessageContaining("ca.key is encrypted");
        assertThat(issue(open(SETTINGS.replace("key: ca.key", "key: ca.key, passwordFile: password")))
                        .chain())
                .hasSize(3);
    }

    @Test
    void aRootWithItsKeyGetsAnIntermediateMadeHere() throws Exception {
        write("ca.pem", root.pem());
        key("ca.key", root);
        write("root.pem", root.pem());

        List<X509Certificate> chain = issue(open(SETTINGS)).chain();

        assertThat(chain).hasSize(3).endsWith(root.certificate());
        verifyWithOpenSsl(chain);
    }

    @Test
    void itIsTheSameAfterARestartAndANewerIntermediateTakesOver() throws Exception {
        ForeignCa before = root.intermediate(spec -> {});
        write("ca.pem", before.pem());
        key("ca.key", before);
        write("root.pem", root.pem());
        open(SETTINGS);
        assertThat(issue(open(SETTINGS)).chain()).contains(before.certificate());

        ForeignCa newer = root.intermediate(spec -> {});
        write("ca.pem", newer.pem());
        key("ca.key", newer);

        assertThat(issue(open(SETTINGS)).chain()).contains(newer.certificate()).doesNotContain(before.certificate());
    }

    @Test
    void aServerProcessRefusesADeniedSerialOfTheIntermediateBefore() throws Exception {
        ForeignCa before = root.intermediate(spec -> spec.name = "CN=Before");
        write("ca.pem", before.pem());
        key("ca.key", before);
        write("root.pem", root.pem());
        IssuedCertificate stolen = issue(open(SETTINGS));
        ForeignCa newer = root.intermediate(spec -> spec.name = "CN=Newer");
        write("ca.pem", newer.pem());
        key("ca.key", newer);
        CertificateAuthority authority = open(SETTINGS);
        IssuedCertificate good = issue(authority);

        X509ExtendedTrustManager process = process(
                authority, new DenyList.Denied(Set.of(stolen.chain().get(0).getSerialNumber()), Set.of()));

        process.checkClientTrusted(chain(good), "EC");
        assertThatThrownBy(() -> process.checkClientTrusted(chain(stolen), "EC"))
                .hasMessageContaining("is on the deny list");
    }

    /** What a process with this trust bundle holds against its callers. */
    private X509ExtendedTrustManager process(CertificateAuthority authority, DenyList.Denied denied) throws Exception {
        VersionedResource secret = TrustSecret.of(new Trust(
                Pem.encode(authority.roots()),
                authority.revocationLists(denied),
                denied.identities(),
                "inmesh.local",
                Map.of()));
        var read = (Translated.Roots) ResourceTranslator.translate(
                        secret.typeUrl(), secret.name(), secret.any().getValue())
                .meaning();
        IdentityHolder holder = new IdentityHolder(new FakeClock(time.instant()));
        holder.update(
                TestCa.root("inmesh.local", FakeTime.START).issue("default", "ratings"),
                new TrustBundle(Map.of("inmesh.local", read.certificates()), read.denied()));
        return ServerTls.clientTrustManager(holder);
    }

    private static X509Certificate[] chain(IssuedCertificate issued) {
        return issued.chain().toArray(X509Certificate[]::new);
    }

    @Test
    void anotherRootInTheSettingsWaitsToBeActivated() throws Exception {
        CertificateAuthority founded = open("authority: {}");
        ForeignCa intermediate = root.intermediate(spec -> {});
        write("ca.pem", intermediate.pem());
        key("ca.key", intermediate);
        write("root.pem", root.pem());

        CertificateAuthority both = open(SETTINGS);

        assertThat(both.rootHash()).isEqualTo(founded.rootHash());
        assertThat(both.roots()).hasSize(2).contains(root.certificate());
        assertThat(both.rootSet()
                        .get(Root.idOf(root.certificate()))
                        .orElseThrow()
                        .state())
                .isEqualTo(RootState.STAGED);
    }

    @Test
    void theKeyOfAnotherCertificateIsRefused() throws Exception {
        write("ca.pem", root.intermediate(spec -> {}).pem());
        key("ca.key", root.intermediate(spec -> {}));
        write("root.pem", root.pem());

        refused("belongs to none of the certificates there");
    }

    @Test
    void whatIsNoCaIsRefused() throws Exception {
        refused(root.intermediate(spec -> spec.ca = false), "is not a CA certificate");
    }

    @Test
    void whatMayNotSignIsRefused() throws Exception {
        refused(root.intermediate(spec -> spec.keyCertSign = false), "may not sign certificates");
    }

    @Test
    void aPathLengthThatIsTooShortIsRefused() throws Exception {
        ForeignCa upper = root.intermediate(spec -> spec.pathLength = 0);
        ForeignCa lower = upper.intermediate(spec -> {});
        write("ca.pem", lower.pem() + upper.pem());
        key("ca.key", lower);
        write("root.pem", root.pem());

        refused("allows a path length of 0 but 1 intermediates are below it");
    }

    @Test
    void whatHasEndedOrNotBegunIsRefused() throws Exception {
        refused(root.intermediate(spec -> spec.notAfter = FakeTime.START.minusSeconds(1)), "ended at");
        refused(root.intermediate(spec -> spec.notBefore = FakeTime.START.plusSeconds(60)), "begins only at");
    }

    @Test
    void anotherTrustDomainIsRefused() throws Exception {
        refused(root.intermediate(spec -> spec.uri = "spiffe://example.org"), "not for trust domain inmesh.local");
    }

    @Test
    void nameConstraintsThatForbidTheTrustDomainAreRefused() throws Exception {
        refused(root.intermediate(spec -> spec.permittedUri = "example.org"), "look at its name constraints");
    }

    @Test
    void nameConstraintsThatPermitTheTrustDomainAreFine() throws Exception {
        ForeignCa intermediate = root.intermediate(spec -> spec.permittedUri = "inmesh.local");
        write("ca.pem", intermediate.pem());
        key("ca.key", intermediate);
        write("root.pem", root.pem());

        assertThat(issue(open(SETTINGS)).chain()).contains(intermediate.certificate());
    }

    @Test
    void aChainThatDoesNotLeadToTheRootIsRefused() throws Exception {
        ForeignCa intermediate = root.intermediate(spec -> {});
        write("ca.pem", intermediate.pem());
        key("ca.key", intermediate);
        write(
                "root.pem",
                ForeignCa.root(FakeTime.START, spec -> spec.name = "CN=Another").pem());

        refused("does not hold the issuer of");
    }

    @Test
    void aWeakKeyIsRefused() throws Exception {
        refused(root.intermediate(spec -> spec.keys = Keys.rsa(1024)), "has a key of only 1024 bits");
    }

    @Test
    void aKeyThatOthersCanReadIsRefused() throws Exception {
        ForeignCa intermediate = root.intermediate(spec -> {});
        write("ca.pem", intermediate.pem());
        key("ca.key", intermediate);
        write("root.pem", root.pem());
        Files.setPosixFilePermissions(directory.resolve("ca.key"), PosixFilePermissions.fromString("rw-r-----"));

        refused("chmod 600");
    }

    @Test
    void aFileThatIsNotThereIsNamed() throws Exception {
        write("root.pem", root.pem());

        refused("there is no file");
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOfKeySignsWhatOthersVerify(KeyAlgorithm algorithm) throws Exception {
        List<X509Certificate> chain =
                issue(open("authority: {keyAlgorithm: " + algorithm + "}")).chain();

        new ClientTrust(open("authority: {}"), () -> DenyList.Denied.NOBODY, time)
                .checkClientTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
        verifyWithOpenSsl(chain);
    }

    private void refused(ForeignCa intermediate, String words) throws Exception {
        write("ca.pem", intermediate.pem());
        key("ca.key", intermediate);
        write("root.pem", root.pem());
        refused(words);
    }

    private void refused(String words) {
        assertThatThrownBy(() -> open(SETTINGS)).isInstanceOf(IOException.class).hasMessageContaining(words);
        assertThat(directory.resolve("ca/authority.json"))
                .as("nothing is begun")
                .doesNotExist();
    }

    private void verifyWithOpenSsl(List<X509Certificate> chain) throws Exception {
        assumeTrue(OpenSsl.present(), "openssl is not on the path");
        int size = chain.size();
        write("anchor.pem", Pem.encode(chain.subList(size - 1, size)));
        write("between.pem", Pem.encode(chain.subList(1, size - 1)));
        write("leaf.pem", Pem.encode(chain.get(0)));
        assertThat(OpenSsl.run(
                        "verify",
                        "-x509_strict",
                        "-purpose",
                        "sslserver",
                        "-attime",
                        Long.toString(FakeTime.START.getEpochSecond()),
                        "-CAfile",
                        directory.resolve("anchor.pem").toString(),
                        "-untrusted",
                        directory.resolve("between.pem").toString(),
                        directory.resolve("leaf.pem").toString()))
                .contains("OK");
    }

    private CertificateAuthority open(String settings) throws IOException {
        return open(settings, directory.resolve("ca"));
    }

    private CertificateAuthority open(String settings, Path place) throws IOException {
        Path file = write("server.yaml", settings);
        return AuthoritySettings.read(SettingsFile.read(file).section("authority"))
                .open(place, "inmesh.local", Map.of(), time, new SecureRandom());
    }

    private Path write(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    private void key(String name, ForeignCa of) throws IOException {
        SecretFiles.write(directory.resolve(name), KeyCipher.NONE.encode(of.key()));
    }

    private static IssuedCertificate issue(CertificateAuthority authority) {
        return authority.issue(
                SubjectPublicKeyInfo.getInstance(Keys.p256().getPublic().getEncoded()), REVIEWS, Duration.ZERO);
    }
}
