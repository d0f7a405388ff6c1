package io.inmesh.server.ca;

import java.io.IOException;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A fresh P-256 key for software that takes its key from a file, and the request to certify it.
 *
 * @param key private key, PKCS #8 in PEM; a secret
 * @param request signing request, PKCS #10 in PEM
 */
public record OwnKey(String key, String request) {

    /**
     * {@return a fresh key}
     *
     * @throws IOException if this JDK cannot make one
     */
    public static OwnKey create() throws IOException {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            var request = new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), keys.getPublic())
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()));
            return new OwnKey(pem(new JcaPKCS8Generator(keys.getPrivate(), null).generate()), pem(request));
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new IOException("no key could be made: " + e.getMessage(), e);
        }
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }

    /** {@return nothing about the key} */
    @Override
    public String toString() {
        return "OwnKey[P-256]";
    }
}
