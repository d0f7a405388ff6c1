package io.inmesh.okhttp;

import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import okhttp3.CertificatePinner;
import okhttp3.Interceptor;

/**
 * Mesh TLS for URLs that the application itself wrote with {@code https}: OkHttp does the handshake, with the mesh's identity
 * and the mesh's idea of who the peer must be. HTTP/2 is negotiated by ALPN as usual.
 */
final class ApplicationTls {

    private ApplicationTls() {}

    static Interceptor.Chain secure(Interceptor.Chain chain, Target target, PeerExpectation security) {
        IdentityEpoch epoch = target.epoch();
        if (epoch == null) {
            throw new IllegalStateException("no identity to call " + target + " with");
        }
        return chain.withSslSocketFactory(
                        epoch.clientContext(security).getSocketFactory(), epoch.trustManager(security))
                .withHostnameVerifier(IdentityEpoch.hostnameVerifier(security))
                .withCertificatePinner(CertificatePinner.DEFAULT);
    }
}
