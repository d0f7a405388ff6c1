package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule of the SPIFFE X.509-SVID standard as a row: one thing wrong, everything else right. */
class SvidRulesTest {

    private static final String REVIEWS = "spiffe://inmesh.local/ns/default/sa/reviews";

    @Test
    void aGoodOneGivesItsIdentity() throws Exception {
        assertThat(SvidRules.check(new Leaf().made()).uri()).isEqualTo(REVIEWS);
        assertThat(SvidRules.check(new Leaf().purposes().made()).uri())
                .as("extended key usage may be absent")
                .isEqualTo(REVIEWS);
        assertThat(SvidRules.check(new Leaf().host("reviews.example").made()).uri())
                .as("host names may stand beside it")
                .isEqualTo(REVIEWS);
        assertThat(SvidRules.check(new Leaf()
                                .subject("CN=reviews")
                                .namesCritical(false)
                                .made())
                        .uri())
                .as("with a subject the names need not be critical")
                .isEqualTo(REVIEWS);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void aBrokenRuleIsNamed(String rule, Leaf leaf, String message) {
        assertThatThrownBy(() -> SvidRules.check(leaf.made()))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining(message);
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of("two URI names", new Leaf().uris(REVIEWS, REVIEWS + "2"), "2 URI names"),
                Arguments.of("no URI name", new Leaf().uris().host("reviews.example"), "0 URI names"),
                Arguments.of("another scheme", new Leaf().uris("https://inmesh.local/ns/default/sa/reviews"), "form"),
                Arguments.of("upper case in the scheme", new Leaf().uris("SPIFFE://inmesh.local/ns/a/sa/b"), "form"),
                Arguments.of("upper case trust domain", new Leaf().uris("spiffe://Inmesh/ns/a/sa/b"), "trust domain"),
                Arguments.of("a port", new Leaf().uris("spiffe://inmesh.local:1/ns/a/sa/b"), "trust domain"),
                Arguments.of("a user", new Leaf().uris("spiffe://u@inmesh.local/ns/a/sa/b"), "trust domain"),
                Arguments.of("no trust domain", new Leaf().uris("spiffe:///ns/a/sa/b"), "trust domain"),
                Arguments.of("the trust domain alone", new Leaf().uris("spiffe://inmesh.local"), "form"),
                Arguments.of("a slash at the end", new Leaf().uris(REVIEWS + "/"), "form"),
                Arguments.of("an empty segment", new Leaf().uris("spiffe://inmesh.local/ns//sa/b"), "namespace"),
                Arguments.of("a dot segment", new Leaf().uris("spiffe://inmesh.local/ns/../sa/b"), "namespace"),
                Arguments.of("percent-encoding", new Leaf().uris("spiffe://inmesh.local/ns/a/sa/%62"), "account"),
                Arguments.of("a query", new Leaf().uris(REVIEWS + "?x"), "account"),
                Arguments.of("a fragment", new Leaf().uris(REVIEWS + "#x"), "account"),
                Arguments.of(
                        "too long", new Leaf().uris("spiffe://inmesh.local/ns/a/sa/" + "b".repeat(2048)), "account"),
                Arguments.of("a CA", new Leaf().authority(), "signing certificate"),
                Arguments.of("no key usage", new Leaf().usage(0), "key usage has to be there"),
                Arguments.of("key usage not critical", new Leaf().usageCritical(false), "critical"),
                Arguments.of("no digital signature", new Leaf().usage(KeyUsage.keyEncipherment), "digital signatures"),
                Arguments.of(
                        "may sign certificates",
                        new Leaf().usage(KeyUsage.digitalSignature | KeyUsage.keyCertSign),
                        "must not allow to sign"),
                Arguments.of(
                        "may sign revocation lists",
                        new Leaf().usage(KeyUsage.digitalSignature | KeyUsage.cRLSign),
                        "must not allow to sign"),
                Arguments.of(
                        "for servers only", new Leaf().purposes(KeyPurposeId.id_kp_serverAuth), "servers and clients"),
                Arguments.of(
                        "for clients only", new Leaf().purposes(KeyPurposeId.id_kp_clientAuth), "servers and clients"),
                Arguments.of(
                        "names neither critical nor beside a subject", new Leaf().namesCritical(false), "critical"));
    }

    /** A certificate that is right until something is changed. */
    static final class Leaf {

        private String subject = "";
        private String[] uris = {REVIEWS};
        private String host = "";
        private boolean namesCritical = true;
        private boolean authority;
        private int usage = KeyUsage.digitalSignature;
        private boolean usageCritical = true;
        private KeyPurposeId[] purposes = {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth};

        Leaf subject(String name) {
            subject = name;
            return this;
        }

        Leaf uris(String... names) {
            uris = names;
            return this;
        }

        Leaf host(String name) {
            host = name;
            return this;
        }

        Leaf namesCritical(boolean critical) {
            namesCritical = critical;
            return this;
        }

        Leaf authority() {
            authority = true;
            return this;
        }

        Leaf usage(int bits) {
            usage = bits;
            return this;
        }

        Leaf usageCritical(boolean critical) {
            usageCritical = critical;
            return this;
        }

        Leaf purposes(KeyPurposeId... ids) {
            purposes = ids;
            return this;
        }

        X509Certificate made() throws Exception {
            KeyPair key = KeyAlgorithm.ECDSA_P256.newKey(new SecureRandom());
            var builder = new JcaX509v3CertificateBuilder(
                    new X500Name("CN=issuer"),
                    BigInteger.TEN,
                    Date.from(Instant.EPOCH),
                    Date.from(Instant.parse("2100-01-01T00:00:00Z")),
                    new X500Name(subject),
                    key.getPublic());
            Stream<GeneralName> names =
                    Arrays.stream(uris).map(uri -> new GeneralName(GeneralName.uniformResourceIdentifier, uri));
            if (!host.isEmpty()) {
                names = Stream.concat(names, Stream.of(new GeneralName(GeneralName.dNSName, host)));
            }
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    namesCritical,
                    new GeneralNames(names.toArray(GeneralName[]::new)));
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
            if (usage != 0) {
                builder.addExtension(Extension.keyUsage, usageCritical, new KeyUsage(usage));
            }
            if (purposes.length > 0) {
                builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
            }
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
        }
    }
}
