package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.Keys;
import io.inmesh.server.fixture.MemoryTable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each step of a rotation, and what each waits for; every step is taken by a server that has just been started again. */
class RootRotationTest {
    private static final WorkloadIdentity REVIEWS = new WorkloadIdentity("inmesh.local", "default", "reviews");

    @TempDir
    Path directory;

    private final FakeTime time = new FakeTime();
    private final MemoryTable table = new MemoryTable();
    private final AuditLog audit = new AuditLog(table, time);
    private final List<ProcessTrust> processes = new ArrayList<>();

    private CertificateAuthority authority;
    private JoinTokens tokens;
    private RootRotation rotation;
    private String first;

    @BeforeEach
    void found() throws Exception {
        start();
        first = rotation.list().get(0).id();
    }

    @Test
    void aRotationGoesFromStagedToGoneThoughTheServerIsRestartedAfterEveryStep() throws Exception {
        X509Certificate old = authority.roots().get(0);
        String second = rotation.add(null, "alice").root().id();
        restart();
        assertThat(states()).containsExactly(RootState.ACTIVE, RootState.STAGED);

        rotation.advance();
        restart();
        assertThat(states()).containsExactly(RootState.ACTIVE, RootState.TRUSTED);
        assertThat(issue().chain()).contains(old);

        rotation.activate(second, false, "alice");
        restart();
        assertThat(states()).containsExactly(RootState.TRUSTED, RootState.ACTIVE);
        assertThat(authority.roots()).hasSize(2).last().isEqualTo(old);
        assertThat(issue().chain())
                .doesNotContain(old)
                .contains(authority.roots().get(0));

        rotation.retire(first, false, "alice");
        restart();
        assertThat(states()).containsExactly(RootState.RETIRING, RootState.ACTIVE);
        assertThat(authority.roots()).hasSize(1).doesNotContain(old);

        rotation.advance();
        restart();
        assertThat(states()).containsExactly(RootState.GONE, RootState.ACTIVE);
        assertThat(place(first).resolve("root.key")).doesNotExist();
        assertThat(place(first).resolve("signer.pem")).doesNotExist();
        assertThat(audit.entries())
                .extracting(AuditEntry::event)
                .containsExactly("root-added", "root-trusted", "root-activated", "root-retired", "root-gone");
        assertThat(audit.entries().get(2).actor()).isEqualTo("alice");
    }

    @Test
    void twoRotationsInARow() throws Exception {
        String second = rotate(first);
        String third = rotate(second);

        assertThat(states()).containsExactly(RootState.GONE, RootState.GONE, RootState.ACTIVE);
        assertThat(Root.idOf(authority.roots().get(0))).isEqualTo(third);
    }

    @Test
    void whoHasNotAcknowledgedTheBundleIsNamedAndKeepsTheRootFromBecomingActive() throws Exception {
        String second = rotation.add(null, "alice").root().id();
        processes.add(process("reviews-1", "bundle of before", issue().chain()));
        rotation.advance();

        var refusal = catchThrowableOfType(RootRotation.Refused.class, () -> rotation.activate(second, false, "alice"));

        assertThat(refusal).hasMessageContaining("reviews-1 in default has not acknowledged the trust bundle");
        assertThat(refusal.missing()).hasSize(1);
        assertThat(states()).containsExactly(RootState.ACTIVE, RootState.STAGED);
        assertThat(rotation.list().get(1).waitingFor()).isEqualTo(refusal.missing());
        assertThat(audit.entries()).extracting(AuditEntry::event).containsExactly("root-added");
    }

    @Test
    void whoTakesRootsFromFilesOrIsNotConnectedIsMissingToo() throws Exception {
        String second = rotation.add(null, "alice").root().id();
        processes.add(new ProcessTrust("stock in default", true, false, Optional.empty(), issue().chain()));
        processes.add(new ProcessTrust("away in default", false, true, Optional.empty(), List.of()));

        assertThatThrownBy(() -> rotation.activate(second, false, "alice"))
                .hasMessageContaining("stock in default takes its roots from files")
                .hasMessageContaining("away in default is registered but not connected");
    }

    @Test
    void whoRunsACertificateBelowTheOldRootKeepsItFromRetiring() throws Exception {
        List<X509Certificate> oldChain = issue().chain();
        String second = rotation.add(null, "alice").root().id();
        processes.add(process("reviews-1", version(), oldChain));
        rotation.activate(second, false, "alice");
        processes.set(0, process("reviews-1", version(), oldChain));

        assertThatThrownBy(() -> rotation.retire(first, false, "alice"))
                .isInstanceOf(RootRotation.Refused.class)
                .hasMessageContaining("reviews-1 in default runs a certificate below it");

        processes.set(0, process("reviews-1", version(), issue().chain()));
        rotation.retire(first, false, "alice");
        assertThat(states()).containsExactly(RootState.RETIRING, RootState.ACTIVE);
    }

    @Test
    void aRootIsGoneOnlyWhenEverybodyHasDroppedIt() throws Exception {
        String second = rotation.add(null, "alice").root().id();
        rotation.activate(second, false, "alice");
        processes.add(process("reviews-1", version(), issue().chain()));
        rotation.retire(first, false, "alice");

        rotation.advance();
        assertThat(states()).containsExactly(RootState.RETIRING, RootState.ACTIVE);
        processes.set(0, process("reviews-1", version(), issue().chain()));
        rotation.advance();

        assertThat(states()).containsExactly(RootState.GONE, RootState.ACTIVE);
    }

    @Test
    void forceWaitsForNobodyAndTheAuditLogSaysWhoWasLeftBehind() throws Exception {
        String second = rotation.add(null, "alice").root().id();
        processes.add(process("reviews-1", "bundle of before", issue().chain()));

        rotation.activate(second, true, "alice");

        assertThat(states()).containsExactly(RootState.TRUSTED, RootState.ACTIVE);
        assertThat(audit.entries().get(1).facts())
                .containsEntry("forced", "true")
                .hasEntrySatisfying("without", who -> assertThat(who).contains("reviews-1"));
    }

    @Test
    void afterARestartNobodyIsNotTakenForEverybody() throws Exception {
        String second = rotation.add(null, "alice").root().id();
        start();

        rotation.advance();
        assertThat(states()).containsExactly(RootState.ACTIVE, RootState.STAGED);
        assertThatThrownBy(() -> rotation.activate(second, false, "alice")).hasMessageContaining("connect again");

        time.advance(RootRotation.SETTLING);
        rotation.activate(second, false, "alice");
        assertThat(states()).containsExactly(RootState.TRUSTED, RootState.ACTIVE);
    }

    @Test
    void theActiveRootDoesNotRetireAndOneThatIsGoneDoesNotComeBack() throws Exception {
        assertThatThrownBy(() -> rotation.retire(first, true, "alice"))
                .hasMessageContaining("activate another one first");
        rotate(first);

        assertThatThrownBy(() -> rotation.activate(first, true, "alice")).hasMessageContaining("add another one");
        assertThatThrownBy(() -> rotation.activate("nonsense", true, "alice")).hasMessageContaining("ca root list");
    }

    @Test
    void activationIsTakenBackByActivatingTheOldRootAgain() throws Exception {
        String second = rotation.add(null, "alice").root().id();
        rotation.activate(second, false, "alice");

        rotation.activate(first, false, "alice");

        assertThat(states()).containsExactly(RootState.ACTIVE, RootState.TRUSTED);
        assertThat(Root.idOf(issue().chain().get(2))).isEqualTo(first);
    }

    @Test
    void aRootWithoutKeyIsTrustedButNeverActive(@TempDir Path elsewhere) throws Exception {
        var other = CertificateAuthority.open(elsewhere, "inmesh.local", time, new SecureRandom());
        String foreign = rotation.add(Pem.encode(other.roots()), "alice").root().id();

        assertThat(authority.roots()).containsAll(other.roots());
        assertThatThrownBy(() -> rotation.activate(foreign, true, "alice")).hasMessageContaining("no key to sign with");
        assertThatThrownBy(() -> rotation.add(Pem.encode(other.roots()), "alice"))
                .hasMessageContaining("is here already");
    }

    @Test
    void thereIsABoundToTheBundle() throws Exception {
        for (int i = 1; i < RootRotation.MAX_BUNDLE; i++) {
            rotation.add(null, "alice");
        }

        assertThatThrownBy(() -> rotation.add(null, "alice")).hasMessageContaining("retire one first");
    }

    @Test
    void aCrashBeforeTheStateWasWrittenLeavesEverythingAsItWas() throws Exception {
        byte[] before = Files.readAllBytes(directory.resolve("ca/authority.json"));
        String second = rotation.add(null, "alice").root().id();
        Files.write(directory.resolve("ca/authority.json"), before);

        restart();

        assertThat(states()).containsExactly(RootState.ACTIVE);
        assertThat(place(second)).exists();
        assertThat(authority.roots()).hasSize(1);
    }

    @Test
    void aCrashBeforeTheKeysWereDeletedIsMadeUpFor() throws Exception {
        byte[] key = Files.readAllBytes(place(first).resolve("root.key"));
        rotate(first);
        SecretFiles.write(
                place(first).resolve("root.key"), new String(key, java.nio.charset.StandardCharsets.US_ASCII));

        restart();

        assertThat(place(first).resolve("root.key")).doesNotExist();
    }

    @Test
    void theServersCertificateFollowsAtOnce() throws Exception {
        ServerCertificate server = new ServerCertificate(authority, List.of("localhost"), time, new SecureRandom());
        String second = rotation.add(null, "alice").root().id();
        rotation.activate(second, false, "alice");

        assertThat(Root.idOf(server.current().chain().get(2))).isEqualTo(second);
    }

    @Test
    void joinTokensThatPinTheOldRootWorkAsLongAsItIsTrusted() throws Exception {
        ServerCertificate server = new ServerCertificate(authority, List.of("localhost"), time, new SecureRandom());
        String second = rotation.add(null, "alice").root().id();
        rotation.activate(second, false, "alice");

        assertThat(presented(server)).extracting(Root::idOf).contains(first, second);
        rotation.retire(first, false, "alice");
        assertThat(presented(server)).extracting(Root::idOf).contains(second).doesNotContain(first);
    }

    @Test
    void aJoinTokenThatCanStillBeUsedHoldsTheRootItPins() throws Exception {
        var token = tokens.issue("default", "reviews", Duration.ofDays(1), 1, "alice");
        String second = rotation.add(null, "alice").root().id();
        rotation.activate(second, false, "alice");
        var newer = tokens.issue("default", "ratings", Duration.ofDays(1), 1, "alice");

        RootRotation.Refused refused =
                catchThrowableOfType(RootRotation.Refused.class, () -> rotation.retire(first, false, "alice"));
        assertThat(refused.missing())
                .containsExactly("join token " + token.id() + " for reviews in default pins it until " + token.expires()
                        + " or until it is revoked");
        assertThat(rotation.list().get(0).waitingFor()).isEqualTo(refused.missing());

        tokens.revoke(token.id(), "alice");
        rotation.retire(first, false, "alice");
        assertThat(tokens.list()).extracting(JoinTokens.Listed::id).containsExactly(newer.id());
    }

    @Test
    void aJoinTokenThatHasEndedOrIsUsedUpHoldsNothing() throws Exception {
        tokens.issue("default", "reviews", Duration.ofHours(1), 0, "alice");
        tokens.use(tokens.verify(tokens.issue("default", "reviews", Duration.ofDays(1), 1, "alice")
                .token()));
        String second = rotation.add(null, "alice").root().id();
        rotation.activate(second, false, "alice");
        time.advance(Duration.ofHours(1));

        assertThat(rotation.retire(first, false, "alice").root().state()).isEqualTo(RootState.RETIRING);
    }

    /** It may pin another root, and works on if it does. */
    @Test
    void aTokenOfWhichIsNotKnownWhichRootItPinsIsNeitherRevokedNorCounted() throws Exception {
        String token = tokens.issue("default", "reviews", Duration.ofDays(1), 0, "alice")
                .token();
        table.scan("join-tokens")
                .forEach((id, stored) -> table.put(
                        "join-tokens",
                        id,
                        new String(stored, StandardCharsets.UTF_8)
                                .replaceFirst(",\"root\":\"[0-9a-f]+\"", "")
                                .getBytes(StandardCharsets.UTF_8)));
        rotation.activate(rotation.add(null, "alice").root().id(), false, "alice");

        assertThat(rotation.retire(first, true, "alice").notes()).isEmpty();
        assertThat(tokens.verify(token).identity().serviceAccount()).isEqualTo("reviews");
    }

    @Test
    void aRootThatIsRetiredByForceTakesItsJoinTokensAlong() throws Exception {
        String token = tokens.issue("default", "reviews", Duration.ofDays(1), 0, "alice")
                .token();
        String second = rotation.add(null, "alice").root().id();
        rotation.activate(second, false, "alice");

        assertThat(rotation.retire(first, true, "alice").notes())
                .singleElement()
                .asString()
                .contains("1 join tokens that pinned it are revoked");
        assertThatThrownBy(() -> tokens.verify(token)).hasMessageContaining("unknown token");
        assertThat(audit.entries())
                .filteredOn(entry -> entry.event().equals("token-revoked"))
                .hasSize(1);
    }

    @Test
    void withoutTheOldRootsKeyTheOperatorLearnsThatItsTokensEnd() throws Exception {
        Files.delete(place(first).resolve("root.key"));
        String second = rotation.add(null, "alice").root().id();

        assertThat(rotation.activate(second, false, "alice").notes())
                .singleElement()
                .asString()
                .contains(first)
                .contains("join tokens");
    }

    @Test
    void theServerRefusesClientsOfARetiredRoot() throws Exception {
        ClientTrust trust = new ClientTrust(authority, () -> DenyList.Denied.NOBODY, time);
        X509Certificate[] old = issue().chain().toArray(X509Certificate[]::new);
        String second = rotation.add(null, "alice").root().id();
        rotation.activate(second, false, "alice");
        assertThatCode(() -> trust.checkClientTrusted(old, "UNKNOWN")).doesNotThrowAnyException();

        rotation.retire(first, false, "alice");

        assertThatThrownBy(() -> trust.checkClientTrusted(old, "UNKNOWN")).isInstanceOf(CertificateException.class);
        X509Certificate[] fresh = issue().chain().toArray(X509Certificate[]::new);
        assertThatCode(() -> trust.checkClientTrusted(fresh, "UNKNOWN")).doesNotThrowAnyException();
    }

    private String rotate(String from) throws Exception {
        String to = rotation.add(null, "alice").root().id();
        rotation.advance();
        rotation.activate(to, false, "alice");
        rotation.retire(from, false, "alice");
        rotation.advance();
        return to;
    }

    private static X509Certificate[] presented(ServerCertificate server) {
        return server.keyManager().getCertificateChain(server.keyManager().chooseEngineServerAlias("EC", null, null));
    }

    private void restart() throws IOException {
        start();
        time.advance(RootRotation.SETTLING);
    }

    private void start() throws IOException {
        authority = CertificateAuthority.open(directory.resolve("ca"), "inmesh.local", time, new SecureRandom());
        tokens = new JoinTokens(table, authority, audit, time, new SecureRandom());
        rotation = new RootRotation(
                authority, () -> List.copyOf(processes), this::version, TrustReport.Source.NONE, tokens, audit, time);
    }

    private String version() {
        return Pem.encode(authority.roots());
    }

    private List<RootState> states() {
        return rotation.list().stream().map(RootStatus::state).toList();
    }

    private Path place(String id) {
        return directory.resolve("ca/roots").resolve(id);
    }

    private static ProcessTrust process(String name, String bundle, List<X509Certificate> chain) {
        return new ProcessTrust(name + " in default", true, true, Optional.of(bundle), chain);
    }

    private IssuedCertificate issue() {
        return authority.issue(
                SubjectPublicKeyInfo.getInstance(Keys.p256().getPublic().getEncoded()), REVIEWS, Duration.ZERO);
    }
}
