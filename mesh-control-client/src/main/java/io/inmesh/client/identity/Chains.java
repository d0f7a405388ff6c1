package io.inmesh.client.identity;

import io.inmesh.identity.TrustBundle;
import io.inmesh.identity.WorkloadIdentity;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertPathValidator;
import java.security.cert.CertStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
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

    /**
     * Checks that the first of some certificates leads to a root over others of them, in whatever order they are (RFC 5280 6.1, RFC 8446
     * 4.4.2).
     *
     * @param certificates the one in question first
     * @param at moment at which all that is needed has to be valid
     * @throws CertificateException if it does not
     */
    public static void lead(List<X509Certificate> certificates, X509Certificate root, Date at)
            throws CertificateException {
        X509CertSelector target = new X509CertSelector();
        target.setCertificate(certificates.get(0));
        try {
            root.checkValidity(at);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(Set.of(new TrustAnchor(root, null)), target);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(certificates)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(at);
            CertPathBuilder.getInstance("PKIX").build(parameters);
        } catch (CertificateException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new CertificateException(
                    "no path leads to " + root.getSubjectX500Principal() + ": " + e.getMessage(), e);
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
