package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.ca.Certificates.Issuer;
import io.inmesh.server.ca.Certificates.Validity;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.junit.jupiter.api.Test;

/** What people are told of certificates that are refused, or soon will be. */
class ChainReviewTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final Validity DAY = new Validity(NOW.minus(Duration.ofHours(1)), NOW.plus(Duration.ofHours(23)));
    private static final Validity YEARS = new Validity(NOW.minus(Duration.ofDays(1)), NOW.plus(Duration.ofDays(3650)));
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ChainReview review = new ChainReview(NOW);
    private final Authority mesh = new Authority("inmesh.local");

    /** A root with an intermediate. */
    private static final class Authority {
        private final KeyPair rootKey = KeyAlgorithm.ECDSA_P256.newKey(RANDOM);
        private final KeyPair key = KeyAlgorithm.ECDSA_P256.newKey(RANDOM);
        private final X509Certificate root;
        private final X509Certificate intermediate;
        private final String domain;

        Authority(String domain) {
            this.domain = domain;
            this.root = Certificates.root(rootKey, domain, YEARS, RANDOM);
            this.intermediate =
                    Certificates.intermediate(key, new Issuer(root, rootKey.getPrivate()), domain, YEARS, RANDOM);
        }

        List<X509Certificate> chain(KeyPair leafKey, Validity validity) {
            X509Certificate leaf = Certificates.leaf(
                    SubjectPublicKeyInfo.getInstance(leafKey.getPublic().getEncoded()),
                    new Issuer(intermediate, key.getPrivate()),
                    new WorkloadIdentity(domain, "default", "reviews"),
                    List.of(),
                    validity,
                    RANDOM);
            return List.of(leaf, intermediate);
        }

        List<X509Certificate> chain(Validity validity) {
            return chain(KeyAlgorithm.ECDSA_P256.newKey(RANDOM), validity);
        }
    }

    @Test
    void nothingIsWrongWithAGoodChain() {
        assertThat(review.flaws(mesh.chain(DAY))).isEmpty();
        assertThat(review.refusal("ratings", mesh.chain(DAY), TrustedRoots.of(List.of(mesh.root))))
                .isEmpty();
    }

    @Test
    void anEndedCertificateIsRefusedAndSaysSinceWhen() {
        Flaw flaw = only(mesh.chain(new Validity(NOW.minus(Duration.ofDays(2)), NOW.minus(Duration.ofHours(3)))));

        assertThat(flaw.refused()).isTrue();
        assertThat(flaw.problem())
                .isEqualTo("spiffe://inmesh.local/ns/default/sa/reviews has ended at 2026-06-01T09:00:00Z, 3h ago");
        assertThat(flaw.remedy()).contains("meshctl status", "meshctl cert issue");
    }

    @Test
    void aCertificateOfTheFuturePointsAtTheClocks() {
        Flaw flaw = only(mesh.chain(new Validity(NOW.plus(Duration.ofHours(3)), NOW.plus(Duration.ofDays(2)))));

        assertThat(flaw.refused()).isTrue();
        assertThat(flaw.problem()).endsWith("is not valid before 2026-06-01T15:00:00Z, in 3h");
        assertThat(flaw.remedy()).contains("clocks");
    }

    @Test
    void theLastQuarterOfALifeIsAWarning() {
        Flaw flaw = only(mesh.chain(new Validity(NOW.minus(Duration.ofHours(19)), NOW.plus(Duration.ofHours(5)))));

        assertThat(flaw.refused()).isFalse();
        assertThat(flaw.problem()).endsWith("ends in 5h, less than a quarter of its life");
    }

    @Test
    void aChainInTheWrongOrderIsNamed() {
        List<X509Certificate> chain = mesh.chain(DAY);

        assertThat(only(List.of(chain.get(1), chain.get(0))).problem())
                .startsWith("the first certificate signs others");
        assertThat(only(List.of(chain.get(0), mesh.root)).problem())
                .startsWith("certificate 2 (O=inmesh.local,CN=Inmesh root) has not signed certificate 1")
                .endsWith("whose issuer is O=inmesh.local,CN=Inmesh intermediate");
    }

    @Test
    void aFileOfRootsIsNoChain() {
        assertThat(review.flaws(List.of(mesh.root, new Authority("inmesh.local").root)))
                .isEmpty();
    }

    @Test
    void aShortKeyIsRefused() throws Exception {
        java.security.KeyPairGenerator rsa = java.security.KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024, RANDOM);

        assertThat(only(mesh.chain(rsa.generateKeyPair(), DAY)).problem()).endsWith("has a key of kind RSA 1024");
    }

    @Test
    void anotherRootIsToldWithBothSides() {
        Authority other = new Authority("inmesh.local");

        Flaw flaw = review.refusal("ratings", mesh.chain(DAY), TrustedRoots.of(List.of(other.root)))
                .orElseThrow();

        assertThat(flaw.problem())
                .isEqualTo("ratings refuses spiffe://inmesh.local/ns/default/sa/reviews: it trusts root "
                        + CertificateFacts.of(other.root).id()
                        + ", and none of them has signed any of the 2 certificates;"
                        + " they lead to O=inmesh.local,CN=Inmesh root");
        assertThat(flaw.remedy()).contains("meshctl ca root list");
    }

    @Test
    void aDomainIsJudgedByItsOwnRootsOnly() {
        Authority partner = new Authority("partner.example");
        TrustedRoots both = new TrustedRoots(
                List.of(mesh.root),
                Map.of("inmesh.local", List.of(mesh.root), "partner.example", List.of(partner.root)));
        TrustedRoots onlyOwn = new TrustedRoots(List.of(mesh.root), Map.of("inmesh.local", List.of(mesh.root)));

        assertThat(review.refusal("ratings", partner.chain(DAY), both)).isEmpty();
        assertThat(review.refusal("ratings", partner.chain(DAY), onlyOwn).orElseThrow())
                .satisfies(flaw ->
                        assertThat(flaw.problem()).startsWith("ratings trusts no root of trust domain partner.example"))
                .satisfies(flaw -> assertThat(flaw.remedy()).contains("federate"));
    }

    @Test
    void whatIsMissingInTheMiddleIsARefusal() {
        assertThat(review.refusal("ratings", mesh.chain(DAY).subList(0, 1), TrustedRoots.of(List.of(mesh.root)))
                        .orElseThrow()
                        .problem())
                .contains(
                        "none of them has signed the certificate",
                        "they lead to O=inmesh.local,CN=Inmesh intermediate");
    }

    @Test
    void anEndedIntermediateIsARefusalBelowATrustedRoot() {
        ChainReview later = new ChainReview(YEARS.notAfter().plusSeconds(1));

        assertThat(later.refusal("ratings", mesh.chain(DAY), TrustedRoots.of(List.of(mesh.root))))
                .isPresent();
    }

    private Flaw only(List<X509Certificate> chain) {
        assertThat(review.flaws(chain)).hasSize(1);
        return review.flaws(chain).get(0);
    }
}
