package io.inmesh.server.ca;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

/**
 * Looks at the certificates that a server shows. The handshake is always given up when they are there: nothing is sent to a server that
 * nobody has judged, and servers that ask for a client certificate show theirs before.
 */
public final class PresentedChain {

    private PresentedChain() {}

    /**
     * {@return what a server shows, leaf first}
     *
     * @param host name or address; names are sent along (SNI, RFC 6066)
     * @param timeout of connecting, and of each read
     * @throws IOException if there is no server, it does not speak TLS, or shows none
     */
    public static List<X509Certificate> of(String host, int port, Duration timeout) throws IOException {
        Onlooker onlooker = new Onlooker();
        int millis = Math.toIntExact(timeout.toMillis());
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(host, port), millis);
            plain.setSoTimeout(millis);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {onlooker}, null);
            try (SSLSocket secured = (SSLSocket) context.getSocketFactory().createSocket(plain, host, port, true)) {
                secured.startHandshake();
            }
        } catch (SSLException e) {
            if (onlooker.seen.isEmpty()) {
                throw new IOException(host + ":" + port + " shows no certificate: " + e.getMessage(), e);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has TLS", e);
        }
        return onlooker.seen;
    }

    /** Trusts nobody, and remembers whom. */
    private static final class Onlooker extends OneSidedTrust {
        private volatile List<X509Certificate> seen = List.of();

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
            seen = List.of(chain);
            throw new CertificateException("only looked at");
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
