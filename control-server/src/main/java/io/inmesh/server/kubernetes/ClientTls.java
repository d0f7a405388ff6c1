package io.inmesh.server.kubernetes;

import io.inmesh.server.ca.Pem;
import io.inmesh.server.fetch.CaFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** TLS of a client that trusts certain authorities, and may have a certificate of its own. */
final class ClientTls {

    private ClientTls() {}

    /**
     * {@return the TLS of a cluster and its user; null if there is nothing to be set}
     *
     * @param authority whom to trust; the machine's own roots if empty
     * @param certificate the client's certificate and its chain, if it has one
     * @param key exactly if there is a certificate: its key, in PKCS #1, SEC 1 or PKCS #8, not encrypted
     */
    static @Nullable SSLContext of(
            Optional<PemField> authority, Optional<PemField> certificate, Optional<PemField> key) {
        if (authority.isEmpty() && certificate.isEmpty()) {
            return null;
        }
        TrustManager @Nullable [] trust = authority.isPresent() ? trust(authority.get()) : null;
        KeyManager @Nullable [] own = certificate.isPresent() ? own(certificate.get(), key.orElseThrow()) : null;
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own, trust, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has TLS", e);
        }
    }

    private static TrustManager[] trust(PemField authority) {
        try {
            return CaFile.trust(new ByteArrayInputStream(authority.text().getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | GeneralSecurityException e) {
            throw authority.fault("holds no certificates in PEM: " + e.getMessage());
        }
    }

    private static KeyManager[] own(PemField certificate, PemField key) {
        List<X509Certificate> chain = chain(certificate);
        PrivateKey secret = secret(key);
        if (!belong(chain.get(0), secret)) {
            throw key.fault("is not the key of the client certificate; give the one that belongs to it");
        }
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("client", secret, new char[0], chain.toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return factory.getKeyManagers();
        } catch (IOException | GeneralSecurityException e) {
            throw certificate.fault("cannot be used: " + e.getMessage());
        }
    }

    private static List<X509Certificate> chain(PemField certificate) {
        List<X509Certificate> chain;
        try {
            chain = Pem.certificates(certificate.text());
        } catch (GeneralSecurityException e) {
            throw certificate.fault("holds no certificate in PEM: " + e.getMessage());
        }
        if (chain.isEmpty()) {
            throw certificate.fault("holds no certificate in PEM");
        }
        return chain;
    }

    private static PrivateKey secret(PemField key) {
        try {
            return Pem.privateKey(key.text(), "it");
        } catch (IOException | RuntimeException e) {
            // Its message is about the authority's own keys.
            throw key.fault("holds no private key in PEM, or one that is encrypted; give one that is not");
        }
    }

    private static boolean belong(X509Certificate certificate, PrivateKey key) {
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC", "ECDSA" -> "SHA256withECDSA";
            default -> "Ed25519";
        };
        try {
            byte[] anything = certificate.getEncoded();
            Signature signing = Signature.getInstance(algorithm);
            signing.initSign(key);
            signing.update(anything);
            Signature checking = Signature.getInstance(algorithm);
            checking.initVerify(certificate.getPublicKey());
            checking.update(anything);
            return checking.verify(signing.sign());
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
