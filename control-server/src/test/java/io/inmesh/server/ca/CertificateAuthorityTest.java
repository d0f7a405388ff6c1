package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.Keys;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CertificateAuthorityTest {
    private static final WorkloadIdentity REVIEWS = new WorkloadIdentity("inmesh.local", "default", "reviews");

    @TempDir
    Path directory;

    private final FakeTime time = new FakeTime();
    private Path ca;

    @BeforeEach
    void findPlace() {
        ca = directory.resolve("ca");
    }

    @Test
    void aWorkloadCertificateFollowsTheRulesOfX509Svids() throws Exception {
        X509Certificate leaf = issue(open(), Duration.ZERO).leaf();

        assertThat(leaf.getSubjectAlternativeNames())
                .containsExactly(List.of(6, "spiffe://inmesh.local/ns/default/sa/reviews"));
        assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
        assertThat(leaf.getCriticalExtensionOIDs())
                .as("names are critical without a subject; so are key usage and basic constraints")
                .containsExactlyInAnyOrder("2.5.29.17", "2.5.29.15", "2.5.29.19");
        assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
        assertThat(leaf.getKeyUsage()).startsWith(true, false, false, false, false, false, false);
        assertThat(leaf.getExtendedKeyUsage()).containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(leaf.getNonCriticalExtensionOIDs()).contains("2.5.29.14", "2.5.29.35");
        assertThat(leaf.getSerialNumber().signum()).isOne();
        assertThat(leaf.getSerialNumber().bitLength()).isEqualTo(128);
    }

    @Test
    void itHoldsForADayAndBeginsFiveMinutesInThePast() throws Exception {
        X509Certificate leaf = issue(open(), Duration.ZERO).leaf();

        assertThat(leaf.getNotBefore()).isEqualTo(FakeTime.START.minus(Duration.ofMinutes(5)));
        assertThat(leaf.getNotAfter()).isEqualTo(FakeTime.START.plus(Duration.ofHours(24)));
    }

    @Test
    void lessMayBeAskedForButNotMore() throws Exception {
        CertificateAuthority authority = open();

        assertThat(issue(authority, Duration.ofHours(1)).notAfter())
                .isEqualTo(FakeTime.START.plus(Duration.ofHours(1)));
        assertThat(issue(authority, Duration.ofDays(99)).notAfter())
                .isEqualTo(FakeTime.START.plus(Duration.ofHours(24)));
        assertThat(issue(authority, Duration.ofNanos(1)).notAfter())
                .isEqualTo(FakeTime.START.plus(Duration.ofSeconds(20)));
    }

    @Test
    void theChainLeadsToTheRootOverAnIntermediateThatMaySignLeavesOnly() throws Exception {
        CertificateAuthority authority = open();

        List<X509Certificate> chain = issue(authority, Duration.ZERO).chain();

        assertThat(chain).hasSize(3);
        assertThat(chain.get(2)).isEqualTo(authority.roots().get(0));
        assertThat(chain.get(1).getBasicConstraints()).isZero();
        new ClientTrust(authority, () -> DenyList.Denied.NOBODY, time)
                .checkClientTrusted(chain.toArray(X509Certificate[]::new), "UNKNOWN");
    }

    @Test
    void aDirectoryFromBeforeThereWereSeveralRootsGoesOnWithItsRoot() throws Exception {
        CertificateAuthority first = open();
        X509Certificate root = first.roots().get(0);
        X509Certificate intermediate = issue(first, Duration.ZERO).chain().get(1);
        Path place = ca.resolve("roots").resolve(Root.idOf(root));
        String signer = SecretFiles.read(place.resolve("signer.pem"));
        SecretFiles.write(ca.resolve("root.crt"), Pem.encode(root));
        SecretFiles.write(ca.resolve("root.key"), SecretFiles.read(place.resolve("root.key")));
        SecretFiles.write(ca.resolve("intermediate.crt"), Pem.encode(intermediate));
        SecretFiles.write(ca.resolve("intermediate.key"), signer.substring(0, signer.indexOf("-----BEGIN CERT")));
        for (String name : List.of("root.crt", "root.key", "signer.pem")) {
            Files.delete(place.resolve(name));
        }
        Files.delete(ca.resolve("authority.json"));

        CertificateAuthority again = open();

        assertThat(again.roots()).containsExactly(root);
        assertThat(again.isNew()).as("processes may have joined").isFalse();
        assertThat(issue(again, Duration.ZERO).chain().get(1)).isEqualTo(intermediate);
        assertThat(ca.resolve("root.key")).doesNotExist();
        assertThat(ca.resolve("intermediate.key")).doesNotExist();
        assertThat(open().roots()).as("and once more").containsExactly(root);
    }

    @Test
    void aListOfRootsThatIsDamagedFoundsNoOtherAuthority() throws Exception {
        X509Certificate root = open().roots().get(0);
        Path list = ca.resolve("authority.json");
        String whole = SecretFiles.read(list);
        for (String damaged : List.of("", "{}", "{\"roots\": {}}", "garbage")) {
            SecretFiles.write(list, damaged);
            assertThatThrownBy(this::open)
                    .hasMessageContaining(list.toString())
                    .hasMessageContaining("restore it from a backup");
        }
        SecretFiles.write(list, whole);
        assertThat(open().roots()).containsExactly(root);
    }

    @Test
    void aListOfRootsThatIsMissingFoundsNoOtherAuthority() throws Exception {
        X509Certificate root = open().roots().get(0);
        Path list = ca.resolve("authority.json");
        String whole = SecretFiles.read(list);
        Files.delete(list);

        for (String left : List.of("root.crt", "root.key", "signer.pem")) {
            assertThatThrownBy(this::open)
                    .hasMessageContaining(list + " is missing")
                    .hasMessageContaining(ca.resolve("roots") + "/")
                    .hasMessageContaining("Restore the folder from a backup")
                    .hasMessageContaining("move " + ca + " away");
            assertThatThrownBy(() -> AuthorityCopy.read(ca)).hasMessageContaining("is missing");
            assertThat(list).doesNotExist();
            Path file = signer().resolveSibling(left);
            Files.move(file, ca.resolveSibling(left));
        }

        for (String left : List.of("root.crt", "root.key", "signer.pem")) {
            Files.move(ca.resolveSibling(left), signer().resolveSibling(left));
        }
        SecretFiles.write(list, whole);
        assertThat(open().roots()).containsExactly(root);
        Files.move(ca, ca.resolveSibling("away"));
        assertThat(open().roots()).as("on purpose").doesNotContain(root);
    }

    @Test
    void foundingThatWasInterruptedAtAnyStepIsDoneAnew() throws Exception {
        open();
        Path whole = ca;
        SortedMap<String, String> texts = AuthorityCopy.read(whole);
        List<String> files = texts.keySet().stream()
                .filter(name -> !name.equals("authority.json"))
                .toList();
        for (int written = 0; written <= files.size(); written++) {
            ca = whole.resolveSibling("interrupted" + written);
            SecretFiles.createDirectory(ca);
            SecretFiles.write(ca.resolve(Founding.MARK), "");
            for (String name : files.subList(0, written)) {
                AuthorityCopy.write(ca, Map.of(name, texts.get(name)));
            }
            assertThat(AuthorityCopy.read(ca)).as("nothing that anybody trusts").isEmpty();

            CertificateAuthority again = open();

            assertThat(again.isNew()).isTrue();
            assertThat(ca.resolve(Founding.MARK)).doesNotExist();
            assertThat(open().rootHash()).isEqualTo(again.rootHash());
        }
    }

    @Test
    void aMarkThatACrashHasLeftBehindFoundsNoOtherAuthorityLater() throws Exception {
        X509Certificate root = open().roots().get(0);
        SecretFiles.write(ca.resolve(Founding.MARK), "");

        assertThat(open().roots()).containsExactly(root);
        Files.delete(ca.resolve("authority.json"));

        assertThatThrownBy(this::open).hasMessageContaining("authority.json is missing");
    }

    @Test
    void aRootKeyThatIsNotTheRootsIsToldOfAtTheStartAndSignsNothing() throws Exception {
        X509Certificate root = open().roots().get(0);
        Path key = signer().resolveSibling("root.key");
        String right = SecretFiles.read(key);
        for (String damaged : List.of(
                "",
                "garbage",
                right.substring(0, right.length() / 2),
                right.replaceFirst("\n....", "\n!!!!"),
                Pem.encode(Keys.p256().getPrivate()))) {
            SecretFiles.write(key, damaged);

            CertificateAuthority authority = open();

            assertThat(authority.roots()).containsExactly(root);
            assertThat(authority.problems())
                    .singleElement()
                    .asString()
                    .contains("the key of root " + Root.idOf(root), "put the root's key to " + key)
                    .contains("certificates are issued until the intermediate ends at 20");
            X509Certificate intermediate =
                    issue(authority, Duration.ZERO).chain().get(1);
            time.advance(Duration.ofDays(300));
            assertThat(issue(authority, Duration.ZERO).chain().get(1))
                    .as("nobody could verify another one")
                    .isEqualTo(intermediate);
            time.advance(Duration.ofDays(-300));
            Path copy = ca.resolveSibling("copy" + damaged.length());
            AuthorityCopy.write(copy, AuthorityCopy.read(ca));
            assertThat(sealing()
                            .open(copy, "inmesh.local", Map.of(), time, new SecureRandom())
                            .problems())
                    .as("a passphrase that is new does not keep it from starting")
                    .hasSize(1);
        }

        CertificateAuthority authority = open();
        SecretFiles.write(key, right);
        authority.renewIfDue();
        assertThat(authority.problems()).as("put right while it runs").isEmpty();
        assertThat(open().problems()).isEmpty();
        Files.delete(key);
        assertThat(open().problems()).as("it may be kept elsewhere").isEmpty();
        SecretFiles.write(key, right);
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(this::open).hasMessageContaining("chmod 600 " + key);
    }

    private AuthoritySettings sealing() throws Exception {
        SecretFiles.write(ca.resolveSibling("passphrase"), "of this one server only\n");
        Path file = Files.writeString(ca.resolveSibling("settings.yaml"), "authority: {passphraseFile: passphrase}");
        return AuthoritySettings.read(SettingsFile.read(file).section("authority"));
    }

    @Test
    void anotherTrustDomainIsNotServed() throws Exception {
        CertificateAuthority authority = open();

        assertThatThrownBy(() -> authority.issue(
                        SubjectPublicKeyInfo.getInstance(Keys.p256().getPublic().getEncoded()),
                        new WorkloadIdentity("example.org", "default", "reviews"),
                        Duration.ZERO))
                .hasMessageContaining("example.org");
    }

    @Test
    void theSameAuthorityIsThereAfterARestart() throws Exception {
        byte[] before = open().rootHash();

        assertThat(open().rootHash()).isEqualTo(before);
    }

    @Test
    void onlyItsOwnerCanReadItsFiles() throws Exception {
        open();

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(ca)))
                .isEqualTo("rwx------");
        try (var files = Files.walk(ca)) {
            assertThat(files.filter(Files::isRegularFile).toList())
                    .hasSize(4)
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------"));
        }
    }

    @Test
    void itDoesNotStartWithAKeyThatOthersCanRead() throws Exception {
        open();
        Files.setPosixFilePermissions(signer(), PosixFilePermissions.fromString("rw-r--r--"));

        assertThatThrownBy(this::open).hasMessageContaining("chmod 600");
    }

    @Test
    void itDoesNotStartForAnotherTrustDomain() throws Exception {
        open();

        assertThatThrownBy(() -> CertificateAuthority.open(ca, "example.org", time, new SecureRandom()))
                .hasMessageContaining("spiffe://inmesh.local")
                .hasMessageContaining("example.org");
    }

    @Test
    void itDoesNotStartWithAKeyOfAnotherAuthority() throws Exception {
        open();
        String chain = Files.readString(signer()).replaceAll("(?s)-----BEGIN PRIVATE.*END PRIVATE KEY-----", "");
        SecretFiles.write(signer(), Pem.encode(Keys.p256().getPrivate()) + chain);

        assertThatThrownBy(this::open).hasMessageContaining("does not belong to its first certificate");
    }

    @Test
    void theIntermediateIsRenewedInItsLastThird() throws Exception {
        CertificateAuthority authority = open();
        X509Certificate first = issue(authority, Duration.ZERO).chain().get(1);

        time.advance(Duration.ofDays(243));
        assertThat(issue(authority, Duration.ZERO).chain().get(1)).isEqualTo(first);
        time.advance(Duration.ofDays(2));

        assertThat(issue(authority, Duration.ZERO).chain().get(1)).isNotEqualTo(first);
        assertThat(issue(open(), Duration.ZERO).chain().get(1)).isNotEqualTo(first);
    }

    @Test
    void withoutTheRootsKeyItGoesOnButNoCertificateOutlivesTheIntermediate() throws Exception {
        CertificateAuthority authority = open();
        X509Certificate intermediate = issue(authority, Duration.ZERO).chain().get(1);
        Files.delete(signer().resolveSibling("root.key"));
        time.advance(Duration.ofDays(365).minusHours(1));

        IssuedCertificate issued = issue(authority, Duration.ZERO);

        assertThat(issued.chain().get(1)).isEqualTo(intermediate);
        assertThat(issued.leaf().getNotAfter()).isEqualTo(intermediate.getNotAfter());
    }

    @Test
    void theServersCertificateIsRenewedAtHalfOfItsLife() throws Exception {
        ServerCertificate server =
                new ServerCertificate(open(), List.of("localhost", "127.0.0.1"), time, new SecureRandom());
        X509Certificate first = server.current().leaf();
        assertThat(first.getSubjectAlternativeNames())
                .contains(
                        List.of(6, "spiffe://inmesh.local/ns/inmesh-system/sa/control-server"),
                        List.of(2, "localhost"),
                        List.of(7, "127.0.0.1"));

        time.advance(Duration.ofHours(12).minusSeconds(1));
        server.renewIfDue();
        assertThat(server.current().leaf()).isEqualTo(first);
        time.advance(Duration.ofSeconds(1));
        server.renewIfDue();

        assertThat(server.current().leaf()).isNotEqualTo(first);
        assertThat(server.keyManager().getCertificateChain(alias(server))[0])
                .isEqualTo(server.current().leaf());
    }

    @Test
    void theServersCertificateIsBelowARootThatWasActivatedWhileTheFirstOneWasIssued() throws Exception {
        AtomicReference<Runnable> whileIssuing = new AtomicReference<>(() -> {});
        CertificateAuthority authority = CertificateAuthority.open(ca, "inmesh.local", time, new SecureRandom() {
            @Override
            public void nextBytes(byte[] bytes) {
                whileIssuing.getAndSet(() -> {}).run();
                super.nextBytes(bytes);
            }
        });
        Root second = authority.stage(null);
        CountDownLatch listenersAreTold = new CountDownLatch(1);
        authority.onChange(listenersAreTold::countDown);
        FutureTask<List<String>> another = new FutureTask<>(() -> authority.activate(second));
        whileIssuing.set(() -> {
            new Thread(another).start();
            try {
                listenersAreTold.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });

        ServerCertificate server = new ServerCertificate(authority, List.of("localhost"), time, new SecureRandom());
        another.get();

        assertThat(server.current().chain()).contains(second.certificate());
        assertThat(server.keyManager().getCertificateChain(alias(server))[0])
                .isEqualTo(server.current().leaf());
    }

    private static String alias(ServerCertificate server) {
        return server.keyManager().chooseEngineServerAlias("EC", null, null);
    }

    private CertificateAuthority open() throws IOException {
        return CertificateAuthority.open(ca, "inmesh.local", time, new SecureRandom());
    }

    /** The file with what signs below the only root. */
    private Path signer() throws IOException {
        try (var roots = Files.list(ca.resolve("roots"))) {
            return roots.findFirst().orElseThrow().resolve("signer.pem");
        }
    }

    private static IssuedCertificate issue(CertificateAuthority authority, Duration validity) {
        return authority.issue(
                SubjectPublicKeyInfo.getInstance(Keys.p256().getPublic().getEncoded()), REVIEWS, validity);
    }
}
