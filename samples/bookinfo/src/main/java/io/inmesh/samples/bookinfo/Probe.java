package io.inmesh.samples.bookinfo;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A TLS client with nothing of the mesh in it: certificate files and the JDK. */
final class Probe {

    private final Path files;

    /**
     * Makes a probe.
     *
     * @param files folder with {@code key.pem}, {@code cert.pem} and {@code root.pem}, as {@code meshctl cert issue} writes them
     */
    Probe(Path files) {
        this.files = files;
    }

    /**
     * What a server showed.
     *
     * @param protocol TLS version
     * @param peer SPIFFE id in its certificate
     * @param status first line of its answer
     */
    record Seen(String protocol, String peer, String status) {}

    /**
     * {@return what the server on a local port shows and answers}
     *
     * @param port its port
     * @param withCertificate whether to show a certificate
     * @throws IOException if it refuses
     */
    Seen get(int port, boolean withCertificate) throws IOException, GeneralSecurityException {
        try (SSLSocket socket = (SSLSocket)
                context(withCertificate).getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5000);
            socket.startHandshake();
            socket.getOutputStream()
                    .write("GET /reviews/0 HTTP/1.1\r\nHost: reviews:9080\r\nConnection: close\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            X509Certificate leaf = (X509Certificate) socket.getSession().getPeerCertificates()[0];
            String peer = String.valueOf(
                    leaf.getSubjectAlternativeNames().iterator().next().get(1));
            int end = answer.indexOf('\r');
            return new Seen(socket.getSession().getProtocol(), peer, end < 0 ? answer : answer.substring(0, end));
        }
    }

    private SSLContext context(boolean withCertificate) throws IOException, GeneralSecurityException {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        int number = 0;
        for (Certificate root : certificates("root.pem")) {
            trusted.setCertificateEntry("root" + number++, root);
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        KeyManagerFactory keys = null;
        if (withCertificate) {
            String pem = Files.readString(files.resolve("key.pem")).replaceAll("-----[A-Z ]+-----|\\s", "");
            KeyStore own = KeyStore.getInstance("PKCS12");
            own.load(null, null);
            own.setKeyEntry(
                    "own",
                    KeyFactory.getInstance("EC")
                            .generatePrivate(
                                    new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem))),
                    new char[0],
                    certificates("cert.pem").toArray(new Certificate[0]));
            keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, new char[0]);
        }
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private java.util.Collection<? extends Certificate> certificates(String name)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(files.resolve(name))) {
            return CertificateFactory.getInstance("X.509").generateCertificates(in);
        }
    }
}
