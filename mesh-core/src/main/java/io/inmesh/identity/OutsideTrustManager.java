package io.inmesh.identity;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Consumer;

/** Trusts servers outside the mesh: roots vouch for them, and they carry an expected name. */
final class OutsideTrustManager extends ChainTrustManager {

    private final OutsideTrust trust;
    private final List<String> names;
    private final Consumer<X509Certificate[]> accepted;

    OutsideTrustManager(OutsideTrust trust, List<String> names, Consumer<X509Certificate[]> accepted) {
        this.trust = trust;
        this.names = names;
        this.accepted = accepted;
    }

    @Override
    void checkServer(X509Certificate[] chain) throws CertificateException {
        trust.check(chain);
        if (!CertificateNames.carriesOne(chain[0], names)) {
            throw new CertificateException("the server's certificate is for " + CertificateNames.of(chain[0])
                    + " but must carry one of " + names + "; name another in subjectAltNames or sni if that is meant");
        }
        accepted.accept(chain);
    }

    @Override
    void checkClient(X509Certificate[] chain) throws CertificateException {
        throw new CertificateException("this trust manager is for clients");
    }

    /** {@return the roots, by which clients with pinned certificates find out which path was taken} */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return trust.roots();
    }
}
