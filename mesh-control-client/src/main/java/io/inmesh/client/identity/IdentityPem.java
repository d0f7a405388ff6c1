package io.inmesh.client.identity;

import io.inmesh.identity.WorkloadIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** An identity as PEM: the private key (PKCS#8), then the chain, leaf first and root last. A secret. */
public final class IdentityPem {

    private static final String KEY_BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String KEY_END = "-----END PRIVATE KEY-----";

    private IdentityPem() {}

    /**
     * {@return an identity as PEM}
     *
     * @param identity who
     * @param chain its chain with the root
     */
    public static byte[] write(WorkloadIdentity identity, List<X509Certificate> chain) throws GeneralSecurityException {
        Base64.Encoder lines = Base64.getMimeEncoder(64, new byte[] {'\n'});
        StringBuilder pem = new StringBuilder()
                .append(KEY_BEGIN)
                .append('\n')
                .append(lines.encodeToString(identity.key().getEncoded()))
                .append('\n')
                .append(KEY_END)
                .append('\n');
        for (X509Certificate certificate : chain) {
            pem.append("-----BEGIN CERTIFICATE-----\n")
                    .append(lines.encodeToString(certificate.getEncoded()))
                    .append("\n-----END CERTIFICATE-----\n");
        }
        return pem.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * {@return an identity from its PEM form, with the root as its trust}
     *
     * @throws IOException if it is torn or not an identity; the message holds nothing of the key
     */
    public static Certificates.Issued read(byte[] bytes) throws IOException {
        String pem = new String(bytes, StandardCharsets.US_ASCII);
        int begin = pem.indexOf(KEY_BEGIN);
        int end = pem.indexOf(KEY_END);
        if (begin < 0 || end < begin) {
            throw new IOException("it holds no private key");
        }
        try {
            byte[] encoded = Base64.getMimeDecoder().decode(pem.substring(begin + KEY_BEGIN.length(), end));
            String certificates = pem.substring(end + KEY_END.length());
            return Certificates.read(key(encoded), List.of(certificates));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException("it cannot be read: " + e.getMessage(), e);
        }
    }

    /** {@return a key in the form PKCS#8} */
    static PrivateKey key(byte[] encoded) throws GeneralSecurityException {
        // The algorithm stands inside; each of the few there are refuses the keys of the others.
        GeneralSecurityException refused = new GeneralSecurityException("no algorithm fits the key");
        for (String algorithm : List.of("EC", "RSA", "Ed25519")) {
            try {
                return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
            } catch (GeneralSecurityException another) {
                refused.addSuppressed(another);
            }
        }
        throw refused;
    }
}
