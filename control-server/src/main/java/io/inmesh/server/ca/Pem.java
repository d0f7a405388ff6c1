package io.inmesh.server.ca;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Certificates and keys as text (RFC 7468). */
public final class Pem {
    private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

    private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
    private static final String END = "-----END CERTIFICATE-----";

    private Pem() {}

    /** A certificate as text. */
    public static String encode(X509Certificate certificate) {
        try {
            return block("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("a parsed certificate can always be written", e);
        }
    }

    /** Several certificates as one text, in order. */
    public static String encode(List<X509Certificate> certificates) {
        StringBuilder text = new StringBuilder();
        certificates.forEach(c -> text.append(encode(c)));
        return text.toString();
    }

    /** A private key as text, PKCS #8, not encrypted. For files that only their owner may read. */
    static String encode(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
    }

    /** All certificates in a text, in order; keys and whatever else stands there is passed over. */
    public static List<X509Certificate> certificates(String text) throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (int begin = text.indexOf(BEGIN); begin >= 0; begin = text.indexOf(BEGIN, begin + 1)) {
            int end = text.indexOf(END, begin);
            if (end < 0) {
                throw new CertificateException("a certificate is not complete (END CERTIFICATE is missing)");
            }
            byte[] block = text.substring(begin, end + END.length()).getBytes(StandardCharsets.US_ASCII);
            certificates.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block)));
        }
        return certificates;
    }

    /**
     * The private key in a text, PKCS #8, not encrypted.
     *
     * @param source what to call the text in errors
     * @throws IOException if there is none; the message has no part of it
     */
    public static PrivateKey privateKey(String text, Object source) throws IOException {
        if (KeyCipher.encrypted(text)) {
            throw new IOException("the private key in " + source + " is encrypted; give one that is not (mode 0600)");
        }
        return KeyCipher.NONE.decode(text, source);
    }

    /** A block of {@code content} under a label such as {@code CERTIFICATE}. */
    static String block(String label, byte[] content) {
        return "-----BEGIN " + label + "-----\n" + LINES.encodeToString(content) + "\n-----END " + label + "-----\n";
    }
}
