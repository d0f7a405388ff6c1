package io.inmesh.client.identity;

import io.inmesh.identity.TrustBundle;
import io.inmesh.identity.WorkloadIdentity;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;

/** Chains of certificates from leaf to root, outside of a TLS handshake. */
public final class Chains {

    private Chains() {}

    /**
     * Checks that a chain leads from its first certificate to its last (RFC 5280 6.1).
     *
     * @param chain leaf first, root last
     * @param at moment at which all of it has to be valid
     * @throws CertificateException if it does not
     */
    public static void check(List<X509Certificate> chain, Date at) throws CertificateException {
        if (chain.size() < 2) {
            throw new CertificateException("a chain of leaf to root is needed, not " + chain.size() + " certificates");
        }
        X509Certificate root = chain.get(chain.size() - 1);
        try {
            PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(at);
            CertPathValidator.getInstance("PKIX")
                    .validate(
                            CertificateFactory.getInstance("X.509")
                                    .generateCertPath(chain.subList(0, chain.size() - 1)),
                            parameters);
        } catch (CertificateException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new CertificateException("the chain is not valid: " + e.getMessage(), e);
        }
    }

    /** {@return the SHA-256 hash of the DER form of a certificate, by which join tokens pin roots} */
    public static byte[] sha256(X509Certificate certificate) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException("a certificate that was read cannot be hashed", e);
        }
    }

    /**
     * {@return the chain of an identity with its root}
     *
     * @throws CertificateException if none of the roots has issued it
     */
    public static List<X509Certificate> withRoot(WorkloadIdentity identity, TrustBundle trust)
            throws CertificateException {
        X509Certificate last = identity.chain().get(identity.chain().size() - 1);
        for (X509Certificate root : trust.rootsOf(identity.id().trustDomain())) {
            if (last.equals(root)) {
                return identity.chain();
            }
            if (last.getIssuerX500Principal().equals(root.getSubjectX500Principal())) {
                try {
                    last.verify(root.getPublicKey());
                    List<X509Certificate> chain = new ArrayList<>(identity.chain());
                    chain.add(root);
                    return chain;
                } catch (GeneralSecurityException another) {
                    // Two roots may have one name while one replaces the other.
                    continue;
                }
            }
        }
        throw new CertificateException("no root of the trust bundle has issued " + identity.id());
    }
}
