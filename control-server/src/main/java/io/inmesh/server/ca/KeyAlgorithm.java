package io.inmesh.server.ca;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECKey;
import java.security.spec.ECGenParameterSpec;

/** Kinds of keys that an authority may sign with. */
public enum KeyAlgorithm {
    /** ECDSA on P-256: the default, understood everywhere, fast to sign and to verify. */
    ECDSA_P256,
    /** Ed25519. Many TLS stacks outside of Java, Envoy among them, cannot verify it. */
    ED25519,
    /** RSA with 3072 bits, for software that knows nothing newer; signs about thirty times slower than P-256. */
    RSA_3072;

    private static final int RSA_BITS = 3072;
    private static final int P256_BITS = 256;

    /** A new key pair. */
    KeyPair newKey(SecureRandom random) {
        try {
            switch (this) {
                case ED25519 -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("Ed25519");
                    generator.initialize(255, random);
                    return generator.generateKeyPair();
                }
                case RSA_3072 -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(RSA_BITS, random);
                    return generator.generateKeyPair();
                }
                default -> {
                    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(new ECGenParameterSpec("secp256r1"), random);
                    return generator.generateKeyPair();
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform since 15 has " + this, e);
        }
    }

    /**
     * {@return the JCA name of the signatures that a key makes}
     *
     * @throws IllegalArgumentException if it is of a kind that nothing is signed with here
     */
    static String signature(Key key) {
        return switch (key.getAlgorithm()) {
            case "EC" ->
                key instanceof ECKey ec && ec.getParams().getOrder().bitLength() > P256_BITS
                        ? "SHA384withECDSA"
                        : "SHA256withECDSA";
            case "RSA" -> "SHA256withRSA";
            case "Ed25519", "EdDSA" -> "Ed25519";
            default ->
                throw new IllegalArgumentException("a key of kind " + key.getAlgorithm()
                        + " cannot sign certificates here; use ECDSA (P-256, P-384), Ed25519 or RSA");
        };
    }
}
