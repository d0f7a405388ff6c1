package io.inmesh.identity;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Trusts servers outside the mesh: roots vouch for them, and they carry an expected name.
 *
 * <p>It is an {@link X509ExtendedTrustManager}, so TLS stacks add no checks of names of their own, which would be against the address
 * connected to; all checks are here, and none can be switched off.
 */
final class OutsideTrustManager extends X509ExtendedTrustManager {

    private final OutsideTrust trust;
    private final List<String> names;
    private final Consumer<X509Certificate[]> accepted;

    OutsideTrustManager(OutsideTrust trust, List<String> names, Consumer<X509Certificate[]> accepted) {
        this.trust = trust;
        this.names = names;
        this.accepted = accepted;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        trust.check(chain);
        if (!CertificateNames.carriesOne(chain[0], names)) {
            throw new CertificateException("the server's certificate is for " + CertificateNames.of(chain[0])
                    + " but must carry one of " + names + "; name another in subjectAltNames or sni if that is meant");
        }
        accepted.accept(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw new CertificateException("this trust manager is for clients");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        checkClientTrusted(chain, authType);
    }

    /** {@return the roots, by which clients with pinned certificates find out which path was taken} */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.roots();
    }
}
