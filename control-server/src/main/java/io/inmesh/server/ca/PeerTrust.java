package io.inmesh.server.ca;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which servers this one takes for another control server of its mesh: those whose certificate leads to a root of the mesh (RFC 5280), has
 * the SPIFFE id of a control server, and is not on the deny list. Under which name or address a server is reached says nothing about it.
 */
public final class PeerTrust extends OneSidedTrust {

    private final CertificateAuthority authority;
    private final Supplier<DenyList.Denied> denied;
    private final InstantSource clock;

    /** Trusts what {@code authority} has issued to control servers, at the time {@code clock} tells, except whom {@code denied} names. */
    PeerTrust(CertificateAuthority authority, Supplier<DenyList.Denied> denied, InstantSource clock) {
        this.authority = authority;
        this.denied = denied;
        this.clock = clock;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        List<X509Certificate> presented = Arrays.asList(chain);
        try {
            X509CertSelector leaf = new X509CertSelector();
            leaf.setCertificate(presented.get(0));
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(
                    authority.roots().stream()
                            .map(root -> new TrustAnchor(root, null))
                            .collect(Collectors.toSet()),
                    leaf);
            // A server shows more than one way to a root while roots are replaced; any will do.
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(presented)));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(clock.instant()));
            CertPathBuilder.getInstance("PKIX").build(parameters);
        } catch (GeneralSecurityException e) {
            throw new CertificateException("the server's certificate is not of this mesh: " + e.getMessage(), e);
        }
        WorkloadIdentity identity = SvidRules.check(presented.get(0));
        if (!identity.trustDomain().equals(authority.trustDomain()) || !ServerCertificate.isOf(identity)) {
            throw new CertificateException(identity + " is no control server of " + authority.trustDomain());
        }
        String refusal = denied.get().refusal(identity.uri(), presented.get(0).getSerialNumber());
        if (refusal != null) {
            throw new CertificateException(identity + " is refused: " + refusal);
        }
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authority.roots().toArray(X509Certificate[]::new);
    }
}
