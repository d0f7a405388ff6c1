package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.client.translate.ResourceTranslator;
import io.inmesh.client.translate.Translated;
import io.inmesh.identity.SpiffeId;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.Keys;
import io.inmesh.server.translate.Trust;
import io.inmesh.server.translate.TrustSecret;
import io.inmesh.server.translate.VersionedResource;
import io.inmesh.xds.tls.Secret;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The deny list on the wire: what a verifier that knows revocation lists makes of it, and what our own client does. */
class RevocationListsTest {

    private static final String REVIEWS = "spiffe://inmesh.local/ns/default/sa/reviews";

    @TempDir
    Path directory;

    private final FakeTime time = new FakeTime();
    private CertificateAuthority authority;

    @BeforeEach
    void found() throws Exception {
        authority = CertificateAuthority.open(directory.resolve("ca"), "inmesh.local", time, new SecureRandom());
    }

    @Test
    void withoutDenialsThereIsNoListToAskFor() throws Exception {
        assertThat(authority.revocationLists(DenyList.Denied.NOBODY)).isEmpty();
        Secret secret = Secret.parseFrom(secret(DenyList.Denied.NOBODY).any().getValue());
        assertThat(secret.getValidationContext().hasCrl()).isFalse();
    }

    @Test
    void aStandardVerifierRefusesTheDeniedLeafAndOnlyThat() throws Exception {
        List<X509Certificate> stolen = issue("reviews");
        List<X509Certificate> good = issue("reviews");
        X509CRL list = list(denying(stolen.get(0)));

        list.verify(good.get(1).getPublicKey());
        assertThatThrownBy(() -> validate(stolen, list)).hasMessageContaining("revoked");
        assertThatCode(() -> validate(good, list)).doesNotThrowAnyException();
    }

    @Test
    void theListHoldsAsLongAsItsIssuer() throws Exception {
        List<X509Certificate> good = issue("reviews");
        X509CRL list = list(denying(issue("reviews").get(0)));

        assertThat(list.getNextUpdate()).isEqualTo(good.get(1).getNotAfter());
    }

    @Test
    void certificatesOfTheIntermediateBeforeCanBeDeniedAsLongAsTheyLive() throws Exception {
        time.advance(Duration.ofDays(243));
        List<X509Certificate> stolen = issue("reviews");
        time.advance(Duration.ofHours(12));
        List<X509Certificate> newer = issue("reviews");
        assertThat(newer.get(1)).isNotEqualTo(stolen.get(1));

        for (int start = 0; start < 2; start++) {
            List<X509CRL> lists = lists(denying(stolen.get(0)));
            assertThat(lists).hasSize(2);
            lists.get(1).verify(stolen.get(1).getPublicKey());
            assertThatThrownBy(() -> validate(stolen, lists.get(1))).hasMessageContaining("revoked");
            assertThatCode(() -> validate(newer, lists.get(0))).doesNotThrowAnyException();
            // Its key is kept over restarts.
            found();
        }
    }

    @Test
    void theIntermediateBeforeIsForgottenOnceNothingOfItLives() throws Exception {
        time.advance(Duration.ofDays(243));
        X509Certificate leaf = issue("reviews").get(0);
        time.advance(Duration.ofHours(12));
        issue("reviews");
        Path earlier =
                directory.resolve("ca/roots/" + authority.rootSet().active().id() + "/earlier");
        assertThat(earlier).isDirectoryContaining("glob:**.pem");

        time.advance(EarlierSigners.LONGEST_LEAF);
        assertThat(lists(denying(leaf))).hasSize(1);
        authority.forgetEarlier(List.of());
        assertThat(earlier).isEmptyDirectory();
    }

    @Test
    void whenTheIntermediateIsRenewedItsListIsPushed() {
        AtomicInteger pushes = new AtomicInteger();
        authority.onChange(pushes::incrementAndGet);
        time.advance(Duration.ofDays(244));
        issue("reviews");
        assertThat(pushes).hasValue(1);
        issue("reviews");
        assertThat(pushes).hasValue(1);
    }

    @Test
    void nothingIsSignedAgainUntilSomethingChanges() throws Exception {
        DenyList.Denied denied = denying(issue("reviews").get(0));
        String first = authority.revocationLists(denied);
        time.advance(Duration.ofHours(1));

        assertThat(authority.revocationLists(new DenyList.Denied(denied.serials(), Set.of())))
                .isEqualTo(first);
        assertThat(authority.revocationLists(new DenyList.Denied(denied.serials(), Set.of(REVIEWS))))
                .isNotEqualTo(first);
    }

    @Test
    void ourClientReadsSerialsAndIdentities() throws Exception {
        X509Certificate leaf = issue("reviews").get(0);
        VersionedResource secret = secret(new DenyList.Denied(
                Set.of(leaf.getSerialNumber()), Set.of(REVIEWS, "spiffe://other.example/" + "x".repeat(300))));

        var read = (Translated.Roots) ResourceTranslator.translate(
                        secret.typeUrl(), secret.name(), secret.any().getValue())
                .meaning();

        assertThat(read.certificates()).containsExactlyElementsOf(authority.roots());
        assertThat(read.denied().serials())
                .isEqualTo(Map.of(leaf.getIssuerX500Principal(), Set.of(leaf.getSerialNumber())));
        assertThat(read.denied().identities())
                .containsExactlyInAnyOrder(
                        SpiffeId.parse(REVIEWS), SpiffeId.parse("spiffe://other.example/" + "x".repeat(300)));
    }

    private List<X509Certificate> issue(String serviceAccount) {
        return authority
                .issue(
                        SubjectPublicKeyInfo.getInstance(Keys.p256().getPublic().getEncoded()),
                        new WorkloadIdentity("inmesh.local", "default", serviceAccount),
                        Duration.ZERO)
                .chain();
    }

    private VersionedResource secret(DenyList.Denied denied) {
        return TrustSecret.of(new Trust(
                Pem.encode(authority.roots()),
                authority.revocationLists(denied),
                denied.identities(),
                "inmesh.local",
                Map.of()));
    }

    private X509CRL list(DenyList.Denied denied) throws Exception {
        return (X509CRL) CertificateFactory.getInstance("X.509")
                .generateCRL(new ByteArrayInputStream(
                        authority.revocationLists(denied).getBytes(StandardCharsets.US_ASCII)));
    }

    private List<X509CRL> lists(DenyList.Denied denied) throws Exception {
        return CertificateFactory.getInstance("X.509")
                .generateCRLs(new ByteArrayInputStream(
                        authority.revocationLists(denied).getBytes(StandardCharsets.US_ASCII)))
                .stream()
                .map(X509CRL.class::cast)
                .toList();
    }

    private static DenyList.Denied denying(X509Certificate leaf) {
        return new DenyList.Denied(Set.of(leaf.getSerialNumber()), Set.of());
    }

    private void validate(List<X509Certificate> chain, X509CRL list) throws Exception {
        CertPathValidator validator = CertPathValidator.getInstance("PKIX");
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(chain.get(2), null)));
        PKIXRevocationChecker revocation = (PKIXRevocationChecker) validator.getRevocationChecker();
        revocation.setOptions(EnumSet.of(
                PKIXRevocationChecker.Option.ONLY_END_ENTITY,
                PKIXRevocationChecker.Option.PREFER_CRLS,
                PKIXRevocationChecker.Option.NO_FALLBACK));
        parameters.addCertPathChecker(revocation);
        parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(List.of(list))));
        parameters.setDate(Date.from(time.instant()));
        validator.validate(CertificateFactory.getInstance("X.509").generateCertPath(chain.subList(0, 2)), parameters);
    }
}
