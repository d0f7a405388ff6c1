package io.inmesh.testkit;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate with its key, of somebody who has nothing to do with any mesh.
 *
 * @param key private key of the leaf
 * @param chain leaf first, without the root
 */
public record TestCertificate(PrivateKey key, List<X509Certificate> chain) {

    private static final char[] PASSWORD = "test".toCharArray();

    /** Copies the chain. */
    public TestCertificate {
        chain = List.copyOf(chain);
    }

    /** {@return the certificate itself} */
    public X509Certificate leaf() {
        return chain.get(0);
    }

    /**
     * {@return TLS of a server with this certificate}
     *
     * @param clientRoots who may vouch for clients, if it asks them for certificates
     */
    public SSLContext serverContext(X509Certificate... clientRoots) {
        try {
            KeyStore roots = store();
            for (int i = 0; i < clientRoots.length; i++) {
                roots.setCertificateEntry("root" + i, clientRoots[i]);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(roots);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keyManagers(), clientRoots.length == 0 ? null : trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("cannot make a test server's TLS", e);
        }
    }

    /** {@return what presents this certificate, whatever is wrong with it} */
    public KeyManager[] keyManagers() {
        try {
            KeyStore own = store();
            own.setKeyEntry("own", key, PASSWORD, chain.toArray(new X509Certificate[0]));
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, PASSWORD);
            return keys.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("a test certificate cannot be presented", e);
        }
    }

    /** {@return the chain as PEM} */
    public String chainPem() {
        StringBuilder pem = new StringBuilder();
        chain.forEach(certificate -> pem.append(pem(certificate)));
        return pem.toString();
    }

    /** {@return the key as PEM, PKCS#8} */
    public String keyPem() {
        return pem("PRIVATE KEY", key.getEncoded());
    }

    /** {@return a certificate as PEM} */
    public static String pem(X509Certificate certificate) {
        try {
            return pem("CERTIFICATE", certificate.getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a test certificate has no form", e);
        }
    }

    /** {@return anything as PEM, under a name} */
    public static String pem(String name, byte[] encoded) {
        return "-----BEGIN " + name + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded) + "\n-----END " + name
                + "-----\n";
    }

    private static KeyStore store() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** {@return whose it is, never the key} */
    @Override
    public String toString() {
        return "TestCertificate[" + leaf().getSubjectX500Principal().getName() + "]";
    }
}
