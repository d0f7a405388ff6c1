package io.inmesh.identity;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.Set;

/**
 * Decides who a chain of certificates proves its holder to be: the SVID rules, then an RFC 5280 path to a root of the <em>holder's
 * own</em> trust domain, then the deny list.
 */
final class PeerValidator {

    // A leaf, a few intermediates and a root fit; an attacker's endless chain does not.
    private static final int MAX_CHAIN = 8;

    private PeerValidator() {}

    /**
     * {@return the identity proved}
     *
     * @param chain what the peer presented, leaf first
     * @param trust roots by trust domain
     * @param nowMillis wall-clock time to judge validity by, milliseconds since 1970 UTC
     * @throws CertificateException if it proves nothing; the message says why and what was presented
     */
    static SpiffeId validate(X509Certificate[] chain, TrustBundle trust, long nowMillis) throws CertificateException {
        return validate(chain, trust, nowMillis, nowMillis);
    }

    /**
     * {@return the identity proved}
     *
     * @param chain what the peer presented, leaf first
     * @param trust roots by trust domain
     * @param nowMillis wall-clock time to judge roots by, milliseconds since 1970 UTC
     * @param provedMillis wall-clock time to judge the chain by, which is past for connections that outlive their leaf
     */
    static SpiffeId validate(X509Certificate[] chain, TrustBundle trust, long nowMillis, long provedMillis)
            throws CertificateException {
        if (chain == null || chain.length == 0) {
            throw new CertificateException("the peer presented no certificate");
        }
        if (chain.length > MAX_CHAIN) {
            throw new CertificateException(
                    "the peer presented " + chain.length + " certificates, more than the " + MAX_CHAIN + " allowed");
        }
        X509Certificate leaf = chain[0];
        SpiffeId id = SvidRules.check(leaf);
        Set<TrustAnchor> anchors = anchors(trust, id.trustDomain(), nowMillis);
        if (anchors.isEmpty()) {
            throw new CertificateException("no valid root is known for trust domain \"" + id.trustDomain() + "\""
                    + rootless(trust, id.trustDomain()) + " (known: "
                    + trust.roots().keySet().stream().sorted().toList() + "; "
                    + SvidRules.describe(leaf) + ")");
        }
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(leaf);
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(Arrays.asList(chain))));
            parameters.setDate(new Date(provedMillis));
            // SVIDs live hours and name no revocation source; a compromised one is stopped by the deny list.
            parameters.setRevocationEnabled(false);
            parameters.setMaxPathLength(MAX_CHAIN);
            CertPathBuilder.getInstance("PKIX").build(parameters);
        } catch (GeneralSecurityException e) {
            throw new CertificateException(
                    "no valid path to a root of trust domain \"" + id.trustDomain() + "\": " + e.getMessage()
                            + validity(chain, provedMillis) + " (" + SvidRules.describe(leaf) + ")",
                    e);
        }
        // Last, so that a certificate that nobody vouches for learns nothing about the list.
        String refusal = trust.denied().refusal(id, chain);
        if (refusal != null) {
            throw new CertificateException(refusal + " (" + SvidRules.describe(leaf) + ")");
        }
        return id;
    }

    private static Set<TrustAnchor> anchors(TrustBundle trust, String trustDomain, long nowMillis) {
        Set<TrustAnchor> anchors = new HashSet<>();
        for (X509Certificate root : trust.rootsOf(trustDomain)) {
            // PKIX takes anchors at their word; an expired root must not vouch for anybody.
            if (root.getNotBefore().getTime() <= nowMillis
                    && nowMillis <= root.getNotAfter().getTime()) {
                anchors.add(new TrustAnchor(root, null));
            }
        }
        return anchors;
    }

    private static String rootless(TrustBundle trust, String trustDomain) {
        return trust.rootsOf(trustDomain).isEmpty()
                ? "; federate with it, or give its holder a certificate of a known one"
                : "; its roots have expired or are not valid yet, check the clock, then replace them: meshctl ca root add";
    }

    private static String validity(X509Certificate[] chain, long nowMillis) {
        X509Certificate leaf = chain[0];
        if (nowMillis > leaf.getNotAfter().getTime()) {
            return "; the certificate has expired, check that its holder can renew";
        }
        if (nowMillis < leaf.getNotBefore().getTime()) {
            return "; the certificate is not valid yet, check the clocks of both machines";
        }
        for (X509Certificate issuer : Arrays.asList(chain).subList(1, chain.length)) {
            if (nowMillis > issuer.getNotAfter().getTime()) {
                return "; the intermediate \""
                        + issuer.getSubjectX500Principal().getName() + "\" expired at "
                        + issuer.getNotAfter().toInstant() + ", its holder needs a certificate below a newer one";
            }
        }
        return "; it is of another authority or lacks an intermediate, compare both ends: meshctl cert trust-compare";
    }
}
