package io.inmesh.server.ca;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A root made elsewhere, with what came along with it.
 *
 * @param root self-signed
 * @param rootKey its key; null if it did not come along
 * @param signer an intermediate with its key and the certificates above it; null if none came along
 */
record SigningMaterial(
        X509Certificate root,
        @Nullable PrivateKey rootKey,
        @Nullable Signer signer) {
    private static final int MAX_CERTIFICATES = 8;

    /**
     * Sorts certificates and a key into what they are to each other. Whether they are good for anything is for {@link AuthorityCheck}.
     *
     * @param certificates a root and intermediates, in any order
     * @param key of the root or of the intermediate that is to sign; null if none of them is to sign
     * @param source what to call their origin in errors
     * @throws IOException if they do not belong together; the message says which does not
     */
    static SigningMaterial sort(List<X509Certificate> certificates, @Nullable PrivateKey key, Object source)
            throws IOException {
        if (certificates.isEmpty() || certificates.size() > MAX_CERTIFICATES) {
            throw new IOException(source + " holds " + certificates.size() + " certificates; a root and up to "
                    + (MAX_CERTIFICATES - 1) + " intermediates are expected");
        }
        if (key == null) {
            return new SigningMaterial(onlyRoot(certificates, source), null, null);
        }
        X509Certificate own = certificates.stream()
                .filter(c -> belongs(key, c.getPublicKey()))
                .findFirst()
                .orElseThrow(() -> new IOException(
                        "the private key in " + source + " belongs to none of the certificates there; give the key of "
                                + certificates.get(0).getSubjectX500Principal()));
        List<X509Certificate> chain = new ArrayList<>(List.of(own));
        while (!selfSigned(chain.get(chain.size() - 1))) {
            X509Certificate below = chain.get(chain.size() - 1);
            X509Certificate above = certificates.stream()
                    .filter(c -> !chain.contains(c) && signed(c, below))
                    .findFirst()
                    .orElseThrow(() -> new IOException(source + " does not hold the issuer of "
                            + below.getSubjectX500Principal() + ", which is " + below.getIssuerX500Principal()
                            + "; add the certificates up to the root, each intermediate included"));
            chain.add(above);
        }
        X509Certificate root = chain.remove(chain.size() - 1);
        return chain.isEmpty()
                ? new SigningMaterial(root, key, null)
                : new SigningMaterial(root, null, new Signer(chain, key));
    }

    /** Reads PEM text: certificates, and at most one private key. */
    static SigningMaterial parse(String pem, KeyCipher cipher, Object source) throws IOException {
        PrivateKey key = pem.contains("PRIVATE KEY-----") ? cipher.decode(pem, source) : null;
        try {
            return sort(Pem.certificates(pem), key, source);
        } catch (CertificateException e) {
            throw new IOException(source + " holds a certificate that cannot be read: " + e.getMessage(), e);
        }
    }

    private static X509Certificate onlyRoot(List<X509Certificate> certificates, Object source) throws IOException {
        List<X509Certificate> roots =
                certificates.stream().filter(SigningMaterial::selfSigned).toList();
        if (roots.size() != 1) {
            throw new IOException(source + " holds " + roots.size()
                    + " roots (self-signed certificates) and no key; one is expected");
        }
        return roots.get(0);
    }

    static boolean selfSigned(X509Certificate certificate) {
        return signed(certificate, certificate);
    }

    private static boolean signed(X509Certificate above, X509Certificate below) {
        if (!below.getIssuerX500Principal().equals(above.getSubjectX500Principal())) {
            return false;
        }
        try {
            below.verify(above.getPublicKey());
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** {@return whether a private key is that of a public one: what the one signs, the other verifies} */
    static boolean belongs(PrivateKey key, PublicKey publicKey) {
        try {
            String algorithm = KeyAlgorithm.signature(key);
            byte[] sample = {1};
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(sample);
            return signature.verify(signed);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false;
        }
    }

    /** Leaves keys out. */
    @Override
    public String toString() {
        return "SigningMaterial[" + root.getSubjectX500Principal() + "]";
    }
}
