package io.inmesh.identity;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;

/** Private keys and their certificates. */
public final class Keys {

    private Keys() {}

    /**
     * {@return whether a private key is that of a certificate: what the one signs, the other verifies}
     *
     * @throws GeneralSecurityException if the key cannot be used at all
     */
    public static boolean belongTogether(PrivateKey key, X509Certificate leaf) throws GeneralSecurityException {
        String algorithm = switch (leaf.getPublicKey().getAlgorithm()) {
            case "EC" -> "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            default -> leaf.getPublicKey().getAlgorithm();
        };
        byte[] sample = leaf.getSerialNumber().toByteArray();
        Signature signer = Signature.getInstance(algorithm);
        signer.initSign(key);
        signer.update(sample);
        byte[] signature = signer.sign();
        Signature verifier = Signature.getInstance(algorithm);
        verifier.initVerify(leaf.getPublicKey());
        verifier.update(sample);
        try {
            return verifier.verify(signature);
        } catch (java.security.SignatureException e) {
            return false;
        }
    }
}
