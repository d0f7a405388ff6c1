package io.inmesh.server.ctl;

import io.inmesh.server.ca.Pem;
import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Which control server to talk to, how to know it, and what to show it.
 *
 * @param server its URL, without a slash at the end
 * @param caFile certificates of the authority its certificate is from; null for those the platform trusts
 * @param token bearer token; null for none
 * @param certificate client certificate; null for none
 * @param key its key; null for none
 */
record Target(
        String server,
        @Nullable Path caFile,
        @Nullable String token,
        @Nullable Path certificate,
        @Nullable Path key) {

    private static final char[] NO_PASSWORD = {};

    /** A server that asks for nothing. */
    static Target of(String server) {
        return new Target(server, null, null, null, null);
    }

    /**
     * {@return the URL}
     *
     * @throws Failure if it is none, or a token would go over the network in the clear
     */
    URI uri() throws Failure {
        URI uri;
        try {
            uri = URI.create(server);
        } catch (IllegalArgumentException e) {
            throw notAUrl();
        }
        if (uri.getHost() == null || !List.of("http", "https").contains(uri.getScheme())) {
            throw notAUrl();
        }
        if (token != null && uri.getScheme().equals("http") && !local(uri.getHost())) {
            throw new Failure(
                    ExitCode.USAGE, "a token is not sent over http to another machine; use https in " + server);
        }
        return uri;
    }

    private Failure notAUrl() {
        return new Failure(ExitCode.USAGE, "--server " + server + " is not a URL such as http://127.0.0.1:15014");
    }

    private static boolean local(String host) {
        try {
            return host.equals("localhost")
                    || (host.matches("[0-9.]+|\\[.*]")
                            && InetAddress.getByName(host).isLoopbackAddress());
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * {@return the TLS context to speak to it with; null for the platform's}
     *
     * @throws Failure if a file cannot be read, or holds something else
     */
    @Nullable
    SSLContext tls() throws Failure {
        if (caFile == null && certificate == null) {
            return null;
        }
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(), roots(), null);
            return context;
        } catch (NoSuchFileException e) {
            throw new Failure(ExitCode.USAGE, "there is no file " + e.getMessage());
        } catch (GeneralSecurityException | IOException e) {
            throw new Failure(ExitCode.USAGE, "the certificates cannot be used: " + e.getMessage());
        }
    }

    private TrustManager @Nullable [] roots() throws GeneralSecurityException, IOException {
        if (caFile == null) {
            return null;
        }
        List<X509Certificate> certificates = Pem.certificates(Files.readString(caFile));
        if (certificates.isEmpty()) {
            throw new IOException(caFile + " holds no PEM certificate");
        }
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        for (X509Certificate root : certificates) {
            store.setCertificateEntry("root-" + store.size(), root);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private KeyManager @Nullable [] keys() throws GeneralSecurityException, IOException {
        if (certificate == null) {
            return null;
        }
        if (key == null) {
            throw new IOException("--client-certificate goes with --client-key");
        }
        Certificate[] chain = Pem.certificates(Files.readString(certificate)).toArray(Certificate[]::new);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("client", Pem.privateKey(SecretFiles.read(key), key), NO_PASSWORD, chain);
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, NO_PASSWORD);
        return factory.getKeyManagers();
    }

    /** Keeps the token out of logs. */
    @Override
    public String toString() {
        return server;
    }
}
