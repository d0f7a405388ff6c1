package io.inmesh.server.ca;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/**
 * What makes a certificate an X.509-SVID of a workload, beyond what RFC 5280 path validation checks.
 *
 * <p>Source: SPIFFE X.509-SVID standard, sections 2 to 5. The data plane has the same rules of its own; the two sides share the wire only.
 */
final class SvidRules {

    private static final int DIGITAL_SIGNATURE = 0;
    private static final int CERTIFICATE_SIGNING = 5;
    private static final int CRL_SIGNING = 6;
    private static final String KEY_USAGE = "2.5.29.15";
    private static final String ALTERNATIVE_NAMES = "2.5.29.17";
    private static final List<String> BOTH_PURPOSES = List.of("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");

    private SvidRules() {}

    /**
     * {@return the identity of a leaf}
     *
     * @throws CertificateException if it breaks a rule; the message says which
     */
    static WorkloadIdentity check(X509Certificate leaf) throws CertificateException {
        boolean[] usage = leaf.getKeyUsage();
        require(usage != null && critical(leaf, KEY_USAGE), "key usage has to be there and critical");
        require(usage != null && usage[DIGITAL_SIGNATURE], "key usage has to allow digital signatures");
        require(
                usage != null && !usage[CERTIFICATE_SIGNING] && !usage[CRL_SIGNING],
                "key usage must not allow to sign certificates or revocation lists");
        List<String> purposes = leaf.getExtendedKeyUsage();
        require(
                purposes == null || purposes.containsAll(BOTH_PURPOSES),
                "extended key usage, where there is any, has to allow servers and clients");
        require(
                !leaf.getSubjectX500Principal().getName().isEmpty() || critical(leaf, ALTERNATIVE_NAMES),
                "the alternative names have to be critical where there is no subject");
        try {
            return WorkloadIdentity.of(leaf);
        } catch (IllegalArgumentException e) {
            throw new CertificateException("the certificate is no X.509-SVID: " + e.getMessage(), e);
        }
    }

    private static boolean critical(X509Certificate leaf, String extension) {
        Set<String> critical = leaf.getCriticalExtensionOIDs();
        return critical != null && critical.contains(extension);
    }

    private static void require(boolean held, String rule) throws CertificateException {
        if (!held) {
            throw new CertificateException("the certificate is no X.509-SVID: " + rule);
        }
    }
}
