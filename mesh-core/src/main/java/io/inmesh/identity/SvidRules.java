package io.inmesh.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What makes a certificate an X.509-SVID, beyond what RFC 5280 path validation checks.
 *
 * <p>Source: SPIFFE X.509-SVID standard, sections 2 to 5.
 */
final class SvidRules {

    private static final int SAN_URI = 6;
    private static final int KU_DIGITAL_SIGNATURE = 0;
    private static final int KU_KEY_CERT_SIGN = 5;
    private static final int KU_CRL_SIGN = 6;
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final String EKU_SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
    private static final String EKU_CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

    private SvidRules() {}

    /**
     * {@return the identity of a leaf certificate}
     *
     * @throws CertificateException if it breaks a rule; the message says which, and describes the certificate
     */
    static SpiffeId check(X509Certificate leaf) throws CertificateException {
        SpiffeId id = idOf(leaf);
        if (id.path().isEmpty()) {
            throw broken(leaf, "a leaf must name a workload, not the trust domain itself");
        }
        if (leaf.getBasicConstraints() >= 0) {
            throw broken(leaf, "a leaf must not be a CA (basicConstraints cA is true)");
        }
        checkKeyUsage(leaf);
        List<String> extended = leaf.getExtendedKeyUsage();
        if (extended != null && !(extended.contains(EKU_SERVER_AUTH) && extended.contains(EKU_CLIENT_AUTH))) {
            throw broken(leaf, "extendedKeyUsage, where present, must allow both serverAuth and clientAuth");
        }
        if (leaf.getSubjectX500Principal().getName().isEmpty() && !critical(leaf, SUBJECT_ALTERNATIVE_NAME)) {
            throw broken(leaf, "subjectAlternativeName must be critical where the subject is empty");
        }
        return id;
    }

    /** Checks the identity of this process: the leaf is a valid SVID for the id, and the key belongs to it. */
    static void checkOwn(WorkloadIdentity identity) {
        try {
            SpiffeId id = check(identity.leaf());
            if (!id.equals(identity.id())) {
                throw new IllegalArgumentException("certificate is for " + id + " but the identity says "
                        + identity.id() + "; use the certificate issued for it");
            }
            if (!Keys.belongTogether(identity.key(), identity.leaf())) {
                throw new IllegalArgumentException("the private key is not that of the certificate of " + id
                        + "; provide key and chain of the same issuance");
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalArgumentException("identity " + identity.id() + " cannot be used: " + e.getMessage(), e);
        }
    }

    /** {@return a certificate in the words an operator needs: subject, issuer, URI names and expiry} */
    static String describe(X509Certificate certificate) {
        String names;
        try {
            names = uriNames(certificate).toString();
        } catch (CertificateParsingException e) {
            names = "unreadable";
        }
        return "certificate with URI names " + names + ", issuer \""
                + certificate.getIssuerX500Principal().getName() + "\", serial "
                + certificate.getSerialNumber().toString(16) + ", valid until "
                + certificate.getNotAfter().toInstant();
    }

    /** {@return the only URI name of a certificate as a SPIFFE id} */
    static SpiffeId idOf(X509Certificate certificate) throws CertificateException {
        List<String> names = uriNames(certificate);
        if (names.size() != 1) {
            throw broken(
                    certificate,
                    "there must be exactly one URI name, there are " + names.size()
                            + "; issue it with spiffe://<trust domain>/<path> as its only URI name");
        }
        try {
            return SpiffeId.parse(names.get(0));
        } catch (IllegalArgumentException e) {
            throw broken(certificate, String.valueOf(e.getMessage()));
        }
    }

    private static void checkKeyUsage(X509Certificate leaf) throws CertificateException {
        boolean[] usage = leaf.getKeyUsage();
        if (usage == null || !critical(leaf, KEY_USAGE)) {
            throw broken(leaf, "keyUsage must be there and critical");
        }
        if (!usage[KU_DIGITAL_SIGNATURE]) {
            throw broken(leaf, "keyUsage must allow digitalSignature");
        }
        if (usage[KU_KEY_CERT_SIGN] || usage[KU_CRL_SIGN]) {
            throw broken(leaf, "keyUsage of a leaf must not allow keyCertSign or cRLSign");
        }
    }

    private static List<String> uriNames(X509Certificate certificate) throws CertificateParsingException {
        Collection<List<?>> names = certificate.getSubjectAlternativeNames();
        List<String> uris = new ArrayList<>(1);
        if (names != null) {
            for (List<?> name : names) {
                if (name.get(0).equals(SAN_URI)) {
                    uris.add((String) name.get(1));
                }
            }
        }
        return uris;
    }

    private static boolean critical(X509Certificate certificate, String extension) {
        return certificate.getCriticalExtensionOIDs() != null
                && certificate.getCriticalExtensionOIDs().contains(extension);
    }

    private static CertificateException broken(X509Certificate certificate, String rule) {
        return new CertificateException("not a valid X.509-SVID: " + rule + " (" + describe(certificate) + ")");
    }
}
