package io.inmesh.okhttp;

import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import java.util.function.Consumer;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.CertificatePinner;
import okhttp3.Interceptor;

/**
 * Mesh TLS for URLs that the application itself wrote with {@code https}: there is one handshake, OkHttp does it, with the mesh's
 * identity and the mesh's idea of who the peer must be. HTTP/2 is negotiated by ALPN as usual.
 *
 * <p>The application's own trust and pins do not count here: the cluster's peers hold certificates of the mesh.
 */
final class ApplicationTls {

    private final SSLSocketFactory sockets;
    private final X509TrustManager trust;
    private final HostnameVerifier verifier;

    /**
     * Makes the settings of one target.
     *
     * @param proved told of every handshake
     */
    ApplicationTls(PeerExpectation security, IdentityEpoch epoch, Consumer<SSLSession> proved) {
        this.sockets = epoch.clientContext(security).getSocketFactory();
        this.trust = epoch.trustManager(security);
        HostnameVerifier expected = IdentityEpoch.hostnameVerifier(security);
        this.verifier = (host, session) -> {
            proved.accept(session);
            return expected.verify(host, session);
        };
    }

    Interceptor.Chain secure(Interceptor.Chain chain) {
        return chain.withCertificatePinner(CertificatePinner.DEFAULT)
                .withSslSocketFactory(sockets, trust)
                .withHostnameVerifier(verifier);
    }
}
