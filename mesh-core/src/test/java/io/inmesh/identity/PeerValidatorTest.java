package io.inmesh.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.testkit.CertificateSpec;
import io.inmesh.testkit.TestCa;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PeerValidatorTest {

    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final SpiffeId REVIEWS = SpiffeId.of("inmesh.local", "default", "reviews");

    private final TestCa ca = TestCa.root("inmesh.local", NOW);

    @Test
    void acceptsAnSvidOfTheTrustDomain() throws Exception {
        assertThat(validate(ca.issue("default", "reviews"))).isEqualTo(REVIEWS);
    }

    @Test
    void acceptsAnotherDnsNameBesideTheUri() throws Exception {
        assertThat(validate(ca.issue(REVIEWS, spec -> spec.dnsNames.add("reviews"))))
                .isEqualTo(REVIEWS);
    }

    @Test
    void acceptsASubjectWithoutCriticalNamesAndNoExtendedKeyUsage() throws Exception {
        assertThat(validate(ca.issue(REVIEWS, spec -> {
                    spec.subject = "CN=reviews";
                    spec.namesCritical = false;
                    spec.extendedKeyUsage.clear();
                })))
                .isEqualTo(REVIEWS);
    }

    @Test
    void acceptsNamesLongerThanACommonNameMayBe() throws Exception {
        SpiffeId id = SpiffeId.of("inmesh.local", "default", "x".repeat(253));
        assertThat(validate(ca.issue(id, spec -> {}))).isEqualTo(id);
    }

    @Test
    void acceptsIntermediatesInAnyOrderAndASuperfluousRoot() throws Exception {
        WorkloadIdentity identity = ca.intermediate("one").intermediate("two").issue("default", "reviews");
        X509Certificate[] chain = {
            identity.chain().get(0),
            ca.rootCertificate(),
            identity.chain().get(2),
            identity.chain().get(1)
        };
        assertThat(PeerValidator.validate(chain, ca.bundle(), NOW.toEpochMilli()))
                .isEqualTo(REVIEWS);
    }

    static Stream<Arguments> brokenRules() {
        return Stream.of(
                broken("exactly one URI name, there are 0", spec -> {
                    spec.subject = "CN=reviews";
                    spec.uriNames.clear();
                }),
                broken("exactly one URI name, there are 2", spec -> spec.uriNames.add("spiffe://inmesh.local/x")),
                broken("must start with spiffe://", spec -> name(spec, "https://inmesh.local/ns/default/sa/reviews")),
                broken("must start with spiffe://", spec -> name(spec, "SPIFFE://inmesh.local/reviews")),
                broken("trust domain", spec -> name(spec, "spiffe://Inmesh.local/reviews")),
                broken("trust domain", spec -> name(spec, "spiffe://inmesh.local:443/reviews")),
                broken("trust domain", spec -> name(spec, "spiffe://user@inmesh.local/reviews")),
                broken("empty, . or .. segments", spec -> name(spec, "spiffe://inmesh.local/a//b")),
                broken("empty, . or .. segments", spec -> name(spec, "spiffe://inmesh.local/a/../b")),
                broken("empty, . or .. segments", spec -> name(spec, "spiffe://inmesh.local/reviews/")),
                broken("path segments are", spec -> name(spec, "spiffe://inmesh.local/a%2Fb")),
                broken("must name a workload", spec -> name(spec, "spiffe://inmesh.local")),
                broken("longer than 2048", spec -> name(spec, "spiffe://inmesh.local/" + "x".repeat(2048))),
                broken("must not be a CA", spec -> spec.ca = true),
                broken("keyUsage must be there", spec -> spec.keyUsage = 0),
                broken("must allow digitalSignature", spec -> spec.keyUsage = KeyUsage.keyAgreement),
                broken("keyCertSign or cRLSign", spec -> spec.keyUsage |= KeyUsage.keyCertSign),
                broken("keyCertSign or cRLSign", spec -> spec.keyUsage |= KeyUsage.cRLSign),
                broken("both serverAuth and clientAuth", spec -> spec.extendedKeyUsage.remove(0)),
                broken("both serverAuth and clientAuth", spec -> spec.extendedKeyUsage.remove(1)),
                broken("both serverAuth and clientAuth", spec -> {
                    spec.extendedKeyUsage.clear();
                    spec.extendedKeyUsage.add(KeyPurposeId.id_kp_codeSigning);
                }),
                broken("expired", spec -> spec.notAfter = NOW.minusSeconds(1)),
                broken("not valid yet", spec -> spec.notBefore = NOW.plusSeconds(1)));
    }

    @ParameterizedTest
    @MethodSource("brokenRules")
    void refusesAndNamesTheRule(String rule, Consumer<CertificateSpec> change) {
        assertThatThrownBy(() -> validate(ca.issue(REVIEWS, change)))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(rule);
    }

    @Test
    void refusesAnotherAuthorityAndDescribesWhatWasPresented() {
        WorkloadIdentity forged = TestCa.root("inmesh.local", NOW).issue("default", "reviews");
        assertThatThrownBy(() -> validate(forged))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("trust domain \"inmesh.local\"")
                .hasMessageContaining(REVIEWS.toString())
                .hasMessageContaining("issuer \"CN=Test root inmesh.local\"")
                .hasMessageContaining("valid until 2026-03-02T12:00:00Z");
    }

    @Test
    void refusesATrustDomainWithoutRootsAndSaysWhichAreKnown() {
        WorkloadIdentity stranger = TestCa.root("other.example", NOW).issue("default", "reviews");
        assertThatThrownBy(() -> validate(stranger))
                .hasMessageContaining("no valid root is known for trust domain \"other.example\"")
                .hasMessageContaining("known: [inmesh.local]");
    }

    @Test
    void neverChecksAgainstTheRootsOfAnotherTrustDomain() {
        TestCa partner = TestCa.root("partner.example", NOW);
        TrustBundle both = new TrustBundle(Map.of(
                "inmesh.local", Set.of(ca.rootCertificate()), "partner.example", Set.of(partner.rootCertificate())));
        WorkloadIdentity overreaching = partner.issue(REVIEWS, spec -> {});
        assertThatThrownBy(() -> PeerValidator.validate(chain(overreaching), both, NOW.toEpochMilli()))
                .hasMessageContaining("no valid path to a root of trust domain \"inmesh.local\"");
    }

    @Test
    void refusesAnExpiredRoot() {
        WorkloadIdentity identity = ca.issue(REVIEWS, spec -> spec.notAfter = NOW.plus(Duration.ofDays(9999)));
        long later = NOW.plus(Duration.ofDays(3651)).toEpochMilli();
        assertThatThrownBy(() -> PeerValidator.validate(chain(identity), ca.bundle(), later))
                .hasMessageContaining("no valid root is known")
                .hasMessageContaining("its roots have expired or are not valid yet")
                .hasMessageContaining("meshctl ca root add");
    }

    @Test
    void refusesAnExpiredIntermediateAndNamesIt() {
        Instant made = NOW.minus(Duration.ofDays(4000));
        WorkloadIdentity identity = ca.intermediate("between", made).issue("default", "reviews");
        assertThatThrownBy(() -> validate(identity))
                .hasMessageContaining("the intermediate \"CN=between\" expired at " + made.plus(Duration.ofDays(3650)));
    }

    @Test
    void refusesAMissingIntermediate() {
        WorkloadIdentity identity = ca.intermediate("one").issue("default", "reviews");
        X509Certificate[] leafOnly = {identity.leaf()};
        assertThatThrownBy(() -> PeerValidator.validate(leafOnly, ca.bundle(), NOW.toEpochMilli()))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void refusesALeafThatSigns() {
        // A workload's own certificate must not vouch for others.
        WorkloadIdentity workload = ca.issue("default", "ratings");
        WorkloadIdentity forged = TestCa.root("inmesh.local", NOW).issue("default", "reviews");
        X509Certificate[] chain = {forged.leaf(), workload.leaf()};
        assertThatThrownBy(() -> PeerValidator.validate(chain, ca.bundle(), NOW.toEpochMilli()))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void refusesNoCertificateAndEndlessChains() {
        assertThatThrownBy(() -> PeerValidator.validate(new X509Certificate[0], ca.bundle(), 0))
                .hasMessageContaining("no certificate");
        X509Certificate[] endless =
                Collections.nCopies(100, ca.rootCertificate()).toArray(new X509Certificate[0]);
        assertThatThrownBy(() -> PeerValidator.validate(endless, ca.bundle(), 0))
                .hasMessageContaining("100 certificates");
    }

    private SpiffeId validate(WorkloadIdentity identity) throws CertificateException {
        return PeerValidator.validate(chain(identity), ca.bundle(), NOW.toEpochMilli());
    }

    private static X509Certificate[] chain(WorkloadIdentity identity) {
        return identity.chain().toArray(new X509Certificate[0]);
    }

    private static Arguments broken(String rule, Consumer<CertificateSpec> change) {
        return Arguments.of(rule, change);
    }

    private static void name(CertificateSpec spec, String uri) {
        spec.uriNames.clear();
        spec.uriNames.add(uri);
    }
}
