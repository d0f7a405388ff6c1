package io.inmesh.okhttp;

import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.ServerTls;
import io.inmesh.identity.SniNames;
import io.inmesh.identity.SpiffeId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.Certificate;
import java.util.Optional;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import okhttp3.Interceptor;

/**
 * Mesh TLS for URLs that the application itself wrote with {@code https}: OkHttp does the handshake, with the mesh's identity
 * and the mesh's idea of who the peer must be. HTTP/2 is negotiated by ALPN as usual.
 */
final class ApplicationTls {

    private ApplicationTls() {}

    static Interceptor.Chain secure(Interceptor.Chain chain, Target target) {
        PeerExpectation security = target.security();
        IdentityEpoch epoch = target.epoch();
        if (security == null || epoch == null) {
            throw new IllegalStateException("no identity to call " + target + " with");
        }
        return chain.withSslSocketFactory(
                        new Factory(epoch.clientContext(security).getSocketFactory(), target, security),
                        epoch.clientTrustManager(security))
                .withHostnameVerifier(new Verifier(security))
                .withCertificatePinner(okhttp3.CertificatePinner.DEFAULT);
    }

    /** Accepts a peer by its SPIFFE id; certificates of the mesh name no hosts. Equal for equal expectations, as pooling needs. */
    private record Verifier(PeerExpectation security) implements HostnameVerifier {
        @Override
        public boolean verify(String hostname, SSLSession session) {
            try {
                Certificate[] chain = session.getPeerCertificates();
                Optional<SpiffeId> peer = ServerTls.peerOf(chain);
                return peer.isPresent() && security.identities().contains(peer.get());
            } catch (SSLPeerUnverifiedException unverified) {
                return false;
            }
        }
    }

    /** Names the endpoint in the session cache and the cluster in the handshake. Equal for equal targets, as pooling needs. */
    private static final class Factory extends SSLSocketFactory {
        private final SSLSocketFactory delegate;
        private final Target target;
        private final PeerExpectation security;

        Factory(SSLSocketFactory delegate, Target target, PeerExpectation security) {
            this.delegate = delegate;
            this.target = target;
            this.security = security;
        }

        @Override
        public Socket createSocket(Socket plain, String host, int port, boolean autoClose) throws IOException {
            SSLSocket secured = (SSLSocket) delegate.createSocket(
                    plain, target.endpoint().host(), target.endpoint().port(), autoClose);
            SSLParameters parameters = secured.getSSLParameters();
            SniNames.set(parameters, security.serverName());
            secured.setSSLParameters(parameters);
            return secured;
        }

        @Override
        public String[] getDefaultCipherSuites() {
            return delegate.getDefaultCipherSuites();
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return delegate.getSupportedCipherSuites();
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            throw unconnected();
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress localHost, int localPort) throws IOException {
            throw unconnected();
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            throw unconnected();
        }

        @Override
        public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
                throws IOException {
            throw unconnected();
        }

        private static IOException unconnected() {
            return new IOException("mesh TLS is layered over a connected socket only");
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Factory that && that.target == target;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(target);
        }
    }
}
