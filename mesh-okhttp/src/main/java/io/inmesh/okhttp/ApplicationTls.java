package io.inmesh.okhttp;

import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import java.util.function.Consumer;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.CertificatePinner;
import okhttp3.Interceptor;
import org.jspecify.annotations.Nullable;

/**
 * TLS of a cluster for URLs that the application itself wrote with {@code https}: there is one handshake, OkHttp does it, with what the
 * mesh presents and the mesh's idea of who the peer must be. HTTP/2 is negotiated by ALPN as usual.
 *
 * <p>The application's own trust does not count here: the cluster's policy says whom to believe. Nor do its pins where peers hold
 * certificates of the mesh; those of servers outside of it must match the pins as well.
 */
final class ApplicationTls {

    private final boolean pinned;
    private final SSLSocketFactory sockets;
    private final X509TrustManager trust;
    private final HostnameVerifier verifier;

    /**
     * Makes the settings of one target.
     *
     * @param proved told of every handshake
     */
    ApplicationTls(ConnectionSecurity security, @Nullable IdentityEpoch epoch, Consumer<SSLSession> proved) {
        this.pinned = !(security instanceof PeerExpectation);
        this.sockets = security.context(epoch).getSocketFactory();
        this.trust = security.trustManager(epoch, chain -> {});
        HostnameVerifier expected = security.hostnameVerifier();
        this.verifier = (host, session) -> {
            proved.accept(session);
            return expected.verify(host, session);
        };
    }

    Interceptor.Chain secure(Interceptor.Chain chain) {
        Interceptor.Chain pins = pinned ? chain : chain.withCertificatePinner(CertificatePinner.DEFAULT);
        return pins.withSslSocketFactory(sockets, trust).withHostnameVerifier(verifier);
    }
}
