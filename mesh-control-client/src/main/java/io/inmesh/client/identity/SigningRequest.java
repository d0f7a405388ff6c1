package io.inmesh.client.identity;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;

/**
 * A new key pair (ECDSA P-256) and the request to certify it (PKCS#10, RFC 2986), made with the JDK alone.
 *
 * <p>The request asks for nothing: the certificate authority stamps the identity it has authenticated, whatever a request says.
 *
 * @param keys the key pair; the private key stays in this process
 * @param pem the request
 */
public record SigningRequest(KeyPair keys, String pem) {

    private static final byte[] ECDSA_WITH_SHA256 = Der.sequence(Der.oid(1, 2, 840, 10045, 4, 3, 2));

    /** {@return a fresh key with its request} */
    public static SigningRequest create() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            byte[] info = Der.sequence(
                    Der.integer(0), Der.sequence(), keys.getPublic().getEncoded(), Der.tagged(0xA0));
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(info);
            byte[] request = Der.sequence(info, ECDSA_WITH_SHA256, Der.bits(signature.sign()));
            return new SigningRequest(keys, pem(request));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JDK cannot make P-256 keys", e);
        }
    }

    private static String pem(byte[] der) {
        Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        return "-----BEGIN CERTIFICATE REQUEST-----\n" + lines.encodeToString(der)
                + "\n-----END CERTIFICATE REQUEST-----\n";
    }

    /** {@return nothing about the keys} */
    @Override
    public String toString() {
        return "SigningRequest[P-256]";
    }
}
