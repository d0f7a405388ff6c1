package io.inmesh.client.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CRL;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** What operators put in PEM files. Messages of errors say what to do and hold nothing of a key. */
public final class CertificateFiles {

    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";
    private static final String CONVERT = "openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW";

    private CertificateFiles() {}

    /**
     * {@return the certificates of a file, in their order}
     *
     * @throws IOException if there is none, or one cannot be read
     */
    public static List<X509Certificate> certificates(byte[] pem) throws IOException {
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem))) {
                certificates.add((X509Certificate) certificate);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("holds no certificates in PEM form: " + e.getMessage(), e);
        }
        if (certificates.isEmpty()) {
            throw new IOException("holds no certificate");
        }
        return certificates;
    }

    /**
     * {@return the revocation lists of a file}
     *
     * @throws IOException if there is none, or one cannot be read
     */
    public static List<X509CRL> revocationLists(byte[] pem) throws IOException {
        List<X509CRL> lists = new ArrayList<>();
        try {
            for (CRL list : CertificateFactory.getInstance("X.509").generateCRLs(new ByteArrayInputStream(pem))) {
                lists.add((X509CRL) list);
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("holds no revocation lists in PEM form: " + e.getMessage(), e);
        }
        if (lists.isEmpty()) {
            throw new IOException("holds no revocation list");
        }
        return lists;
    }

    /**
     * {@return the private key of a file}
     *
     * @param pem PKCS#8, not encrypted
     * @throws IOException if there is none, or it is in another form
     */
    public static PrivateKey privateKey(byte[] pem) throws IOException {
        String text = new String(pem, StandardCharsets.US_ASCII);
        if (text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED")) {
            throw new IOException("holds an encrypted key, and there is nobody to ask for its passphrase; decrypt it ("
                    + CONVERT + ") and protect the file by its permissions");
        }
        if (text.contains("-----BEGIN RSA PRIVATE KEY-----") || text.contains("-----BEGIN EC PRIVATE KEY-----")) {
            throw new IOException("holds a key that is not in the form PKCS#8; convert it: " + CONVERT);
        }
        int begin = text.indexOf(KEY_BEGIN);
        int end = text.indexOf(KEY_END);
        if (begin < 0 || end < begin) {
            throw new IOException("holds no private key in PEM form (PKCS#8)");
        }
        try {
            return IdentityPem.key(Base64.getMimeDecoder().decode(text.substring(begin + KEY_BEGIN.length(), end)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("holds a private key that is damaged, or of a kind other than EC, RSA and Ed25519");
        }
    }

    /**
     * {@return the roots that this Java runtime believes: those of its trust store, see the system property {@code
     * javax.net.ssl.trustStore}}
     *
     * @throws IOException if there are none
     */
    public static Set<X509Certificate> systemRoots() throws IOException {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init((@Nullable KeyStore) null);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509TrustManager known && known.getAcceptedIssuers().length > 0) {
                    // A copy of a list, since providers may name one root twice.
                    return Set.copyOf(List.of(known.getAcceptedIssuers()));
                }
            }
            throw new IOException("the trust store of this Java runtime is empty");
        } catch (GeneralSecurityException e) {
            throw new IOException("the trust store of this Java runtime cannot be read: " + e.getMessage(), e);
        }
    }
}
