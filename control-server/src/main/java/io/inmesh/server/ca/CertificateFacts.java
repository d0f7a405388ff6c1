package io.inmesh.server.ca;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;

/**
 * What people want to know of a certificate.
 *
 * @param subject its SPIFFE id if it has exactly one URI name and may not sign others, else its distinguished name (RFC 2253); may be
 *     empty
 * @param issuer distinguished name of who has signed it
 * @param serial serial number in hexadecimal digits
 * @param key kind and size of its key, such as {@code EC 256} or {@code RSA 3072}
 * @param signature how it was signed, such as {@code SHA256withECDSA}
 * @param notBefore from when it holds
 * @param notAfter until when
 * @param sha256 SHA-256 of it, in hexadecimal digits
 * @param role what it is for
 */
public record CertificateFacts(
        String subject,
        String issuer,
        String serial,
        String key,
        String signature,
        Instant notBefore,
        Instant notAfter,
        String sha256,
        Role role) {
    private static final int ID_DIGITS = 12;

    /** What a certificate is for. */
    public enum Role {
        /** It proves who somebody is. */
        LEAF,
        /** It signs others, and is signed by another one. */
        INTERMEDIATE,
        /** It signs others, and itself. */
        ROOT
    }

    /** {@return what {@code certificate} says of itself; nothing of it is verified but whether it has signed itself} */
    public static CertificateFacts of(X509Certificate certificate) {
        return new CertificateFacts(
                subject(certificate),
                certificate.getIssuerX500Principal().getName(),
                certificate.getSerialNumber().toString(16),
                key(certificate.getPublicKey()),
                certificate.getSigAlgName(),
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant(),
                HexFormat.of().formatHex(Root.hash(certificate)),
                role(certificate));
    }

    /** {@return the id by which the roots of an authority are known, the beginning of {@link #sha256}} */
    public String id() {
        return sha256.substring(0, ID_DIGITS);
    }

    private static String subject(X509Certificate certificate) {
        String name = certificate.getSubjectX500Principal().getName();
        try {
            List<String> uris = certificate.getBasicConstraints() < 0 ? WorkloadIdentity.uris(certificate) : List.of();
            return uris.size() == 1 ? uris.get(0) : name;
        } catch (IllegalArgumentException unreadable) {
            return name;
        }
    }

    private static Role role(X509Certificate certificate) {
        if (certificate.getBasicConstraints() < 0) {
            return Role.LEAF;
        }
        return signed(certificate, certificate) ? Role.ROOT : Role.INTERMEDIATE;
    }

    /** {@return whether one certificate is signed with the key of another, and says so} */
    static boolean signed(X509Certificate signed, X509Certificate signer) {
        if (!signed.getIssuerX500Principal().equals(signer.getSubjectX500Principal())) {
            return false;
        }
        try {
            signed.verify(signer.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    private static String key(PublicKey key) {
        if (key instanceof RSAKey rsa) {
            return "RSA " + rsa.getModulus().bitLength();
        }
        if (key instanceof ECKey elliptic) {
            return "EC " + elliptic.getParams().getOrder().bitLength();
        }
        return key.getAlgorithm().equals("EdDSA") && key.getEncoded().length < 50 ? "Ed25519" : key.getAlgorithm();
    }
}
