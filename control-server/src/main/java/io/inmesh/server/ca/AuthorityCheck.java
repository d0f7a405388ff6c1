package io.inmesh.server.ca;

import io.inmesh.server.ca.Certificates.Validity;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/**
 * Whether a root, and what signs below it, will do for a trust domain. Each rule that others would hold against the certificates issued
 * is looked at before any is issued; at last one is issued on trial and verified as a peer would.
 */
final class AuthorityCheck {
    private static final int KEY_CERT_SIGN = 5;
    private static final int MIN_RSA_BITS = 2048;
    private static final int MIN_EC_BITS = 256;

    private final String trustDomain;
    private final Instant now;
    private final SecureRandom random;

    AuthorityCheck(String trustDomain, Instant now, SecureRandom random) {
        this.trustDomain = trustDomain;
        this.now = now;
        this.random = random;
    }

    /**
     * Checks a root.
     *
     * @throws IOException with the first rule that is broken, and the remedy
     */
    void root(X509Certificate root) throws IOException {
        if (!SigningMaterial.selfSigned(root)) {
            throw new IOException(name(root) + " is not self-signed, so it is no root; name the root that issued it");
        }
        signing(root);
    }

    /**
     * Checks what signs below a root.
     *
     * @param signer its key already belongs to its certificate, and its chain leads to the root
     * @throws IOException with the first rule that is broken, and the remedy
     */
    void signer(Signer signer, X509Certificate root) throws IOException {
        List<X509Certificate> chain = signer.chain();
        for (int below = 0; below < chain.size(); below++) {
            signing(chain.get(below));
            pathLength(chain.get(below), below);
        }
        pathLength(root, chain.size());
        trial(signer, root);
    }

    private void signing(X509Certificate certificate) throws IOException {
        if (certificate.getBasicConstraints() < 0) {
            throw new IOException(name(certificate) + " is not a CA certificate (basic constraints CA:TRUE is missing)"
                    + "; name one that may sign others");
        }
        boolean[] usage = certificate.getKeyUsage();
        if (usage != null && !usage[KEY_CERT_SIGN]) {
            throw new IOException(
                    name(certificate) + " may not sign certificates (key usage keyCertSign is missing); reissue it");
        }
        if (now.isAfter(certificate.getNotAfter().toInstant())) {
            throw new IOException(name(certificate) + " ended at "
                    + certificate.getNotAfter().toInstant() + "; replace it by a newer one");
        }
        if (now.isBefore(certificate.getNotBefore().toInstant())) {
            throw new IOException(name(certificate) + " begins only at "
                    + certificate.getNotBefore().toInstant() + "; wait until then, or correct this machine's clock");
        }
        strength(certificate);
        List<String> uris = WorkloadIdentity.uris(certificate);
        if (!uris.isEmpty() && !uris.equals(List.of("spiffe://" + trustDomain))) {
            throw new IOException(name(certificate) + " is for " + uris + ", not for trust domain " + trustDomain
                    + "; start with that trust domain, or with another authority");
        }
    }

    private static void strength(X509Certificate certificate) throws IOException {
        PublicKey key = certificate.getPublicKey();
        int bits = key instanceof RSAKey rsa
                ? rsa.getModulus().bitLength()
                : key instanceof ECKey ec ? ec.getParams().getOrder().bitLength() : MIN_EC_BITS;
        if (bits < (key instanceof RSAKey ? MIN_RSA_BITS : MIN_EC_BITS)) {
            throw new IOException(name(certificate) + " has a key of only " + bits
                    + " bits; reissue it with P-256 or more, Ed25519, or RSA of 2048 bits or more");
        }
    }

    private static void pathLength(X509Certificate certificate, int intermediatesBelow) throws IOException {
        if (certificate.getBasicConstraints() < intermediatesBelow) {
            throw new IOException(name(certificate) + " allows a path length of " + certificate.getBasicConstraints()
                    + " but " + intermediatesBelow
                    + " intermediates are below it; reissue it with a longer path length,"
                    + " or leave intermediates out");
        }
    }

    /** What remains, name constraints above all, is for the rules of RFC 5280 as Java has them. */
    private void trial(Signer signer, X509Certificate root) throws IOException {
        KeyPair key = KeyAlgorithm.ECDSA_P256.newKey(random);
        X509Certificate leaf = Certificates.leaf(
                SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()),
                signer.issuer(),
                new WorkloadIdentity(trustDomain, "default", "default"),
                List.of(),
                new Validity(now.minus(Duration.ofMinutes(1)), now.plus(Duration.ofMinutes(1))),
                random);
        List<X509Certificate> path = new ArrayList<>(List.of(leaf));
        path.addAll(signer.chain());
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, nameConstraints(root))));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(now));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (CertPathValidatorException e) {
            boolean leafIsRefused = e.getIndex() == 0;
            throw new IOException(
                    "certificates issued by " + name(signer.certificate()) + " for spiffe://" + trustDomain
                            + " would be refused: " + e.getMessage()
                            + (leafIsRefused
                                    ? "; look at its name constraints, which have to permit the URI host " + trustDomain
                                    : ""),
                    e);
        } catch (GeneralSecurityException e) {
            throw new IOException("the chain of " + name(signer.certificate()) + " cannot be verified", e);
        }
    }

    private static byte @Nullable [] nameConstraints(X509Certificate root) {
        byte[] wrapped = root.getExtensionValue("2.5.29.30");
        return wrapped == null ? null : ASN1OctetString.getInstance(wrapped).getOctets();
    }

    private static String name(X509Certificate certificate) {
        return "the certificate " + certificate.getSubjectX500Principal() + " (serial "
                + certificate.getSerialNumber().toString(16) + ")";
    }
}
