package io.inmesh.identity;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Judges peers by their chain alone, wherever they are.
 *
 * <p>It is an {@link X509ExtendedTrustManager}, so TLS stacks add no checks of names of their own, which would be against the address
 * connected to; all checks are in the subclass. The authentication type is not looked at, since providers disagree on its names
 * (Conscrypt says {@code GENERIC}) and the chain is validated the same for all.
 */
abstract class ChainTrustManager extends X509ExtendedTrustManager {

    /** Throws unless whoever connects may be the owner of the chain, leaf first. */
    abstract void checkClient(X509Certificate[] chain) throws CertificateException;

    /** Throws unless whoever was connected to may be the owner of the chain, leaf first. */
    abstract void checkServer(X509Certificate[] chain) throws CertificateException;

    @Override
    public final void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        checkClient(chain);
    }

    @Override
    public final void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClient(chain);
    }

    @Override
    public final void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClient(chain);
    }

    @Override
    public final void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        checkServer(chain);
    }

    @Override
    public final void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkServer(chain);
    }

    @Override
    public final void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkServer(chain);
    }
}
