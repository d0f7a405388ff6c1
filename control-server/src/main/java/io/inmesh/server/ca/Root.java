package io.inmesh.server.ca;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A root with what the authority has below it. Immutable.
 *
 * @param id the first 12 hexadecimal digits of the certificate's SHA-256
 * @param state see {@link RootState}
 * @param since since when it is in that state
 * @param certificate self-signed
 * @param signer what signs below it; null if it is only trusted
 * @param crosses certificates for this root's key and name, signed by other roots: they lead those who only trust another root here
 */
record Root(
        String id,
        RootState state,
        Instant since,
        X509Certificate certificate,
        @Nullable Signer signer,
        List<X509Certificate> crosses) {
    private static final int ID_BYTES = 6;

    Root {
        crosses = List.copyOf(crosses);
    }

    Root in(RootState newState, Instant now) {
        return new Root(id, newState, now, certificate, signer, crosses);
    }

    Root with(Signer newSigner) {
        return new Root(id, state, since, certificate, newSigner, crosses);
    }

    Root with(List<X509Certificate> newCrosses) {
        return new Root(id, state, since, certificate, signer, newCrosses);
    }

    /** {@return whether a certificate is signed with this root's key} */
    boolean signed(X509Certificate other) {
        return CertificateFacts.signed(other, certificate);
    }

    /** {@return SHA-256 of a certificate} */
    static byte[] hash(X509Certificate certificate) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    static String idOf(X509Certificate certificate) {
        return idOf(hash(certificate));
    }

    static String idOf(byte[] hash) {
        return HexFormat.of().formatHex(hash, 0, ID_BYTES);
    }
}
