package io.inmesh.identity;

import io.inmesh.config.TlsCredentials;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import javax.net.ssl.CertPathTrustManagerParameters;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether roots vouch for a server outside the mesh, as the JDK does for every TLS client: an RFC 5280 path, the usages of a
 * server's certificate, and the JDK's rules on weak algorithms and distrusted authorities. Names are looked at elsewhere.
 *
 * <p>Revocation lists are those given; nothing is fetched. With lists, a certificate whose issuer has no current list is refused.
 */
final class OutsideTrust {

    /**
     * The JDK wants to hear how keys are exchanged, providers of TLS call it by names of their own, and all suites in use sign what they
     * exchange; this name stands for that.
     */
    static final String ANY_EXCHANGE = "UNKNOWN";

    private final @Nullable TlsCredentials credentials;
    private volatile @Nullable X509TrustManager made;

    OutsideTrust(@Nullable TlsCredentials credentials) {
        this.credentials = credentials;
    }

    /**
     * Checks a chain.
     *
     * @throws CertificateException if nobody trusted vouches for it
     */
    void check(X509Certificate[] chain) throws CertificateException {
        if (chain == null || chain.length == 0) {
            throw new CertificateException("the server presented no certificate");
        }
        // A root that is the server's own certificate is taken at its word by path validation, dates and all.
        chain[0].checkValidity();
        manager().checkServerTrusted(chain, ANY_EXCHANGE);
    }

    X509Certificate[] roots() {
        return credentials == null
                ? new X509Certificate[0]
                : credentials.roots().toArray(new X509Certificate[0]);
    }

    private X509TrustManager manager() throws CertificateException {
        X509TrustManager known = made;
        if (known != null) {
            return known;
        }
        if (credentials == null || credentials.roots().isEmpty()) {
            throw new CertificateException("there are no roots, so nobody is trusted");
        }
        try {
            X509TrustManager fresh = make(credentials);
            made = fresh;
            return fresh;
        } catch (GeneralSecurityException e) {
            throw new CertificateException("the roots cannot be used: " + e.getMessage(), e);
        }
    }

    private static X509TrustManager make(TlsCredentials credentials) throws GeneralSecurityException {
        Set<TrustAnchor> anchors = new HashSet<>();
        credentials.roots().forEach(root -> anchors.add(new TrustAnchor(root, null)));
        PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, new X509CertSelector());
        parameters.setRevocationEnabled(!credentials.revocations().isEmpty());
        if (parameters.isRevocationEnabled()) {
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(credentials.revocations())));
            PKIXRevocationChecker checker =
                    (PKIXRevocationChecker) CertPathBuilder.getInstance("PKIX").getRevocationChecker();
            EnumSet<Option> options = EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK);
            if (credentials.leafRevocationOnly()) {
                options.add(Option.ONLY_END_ENTITY);
            }
            checker.setOptions(options);
            parameters.addCertPathChecker(checker);
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(new CertPathTrustManagerParameters(parameters));
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509TrustManager fitting) {
                return fitting;
            }
        }
        throw new GeneralSecurityException("this Java runtime validates no X.509 paths");
    }
}
