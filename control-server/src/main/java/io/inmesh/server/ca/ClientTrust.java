package io.inmesh.server.ca;

import java.security.GeneralSecurityException;
import java.security.cert.CRLReason;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateRevokedException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which client certificates the server's TLS accepts: those that lead to the mesh's roots (RFC 5280) and are X.509-SVIDs of its trust
 * domain, unless they are on the deny list.
 */
public final class ClientTrust extends OneSidedTrust {

    private final CertificateAuthority authority;
    private final Supplier<DenyList.Denied> denied;
    private final InstantSource clock;

    /** Trusts what {@code authority} has issued, at the time {@code clock} tells, except whom {@code denied} names by then. */
    public ClientTrust(CertificateAuthority authority, Supplier<DenyList.Denied> denied, InstantSource clock) {
        this.authority = authority;
        this.denied = denied;
        this.clock = clock;
    }

    /** {@return which servers this one takes for other control servers, by the same roots and the same list} */
    public PeerTrust ofPeers() {
        return new PeerTrust(authority, denied, clock);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        verify(Arrays.asList(chain));
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return authority.roots().toArray(X509Certificate[]::new);
    }

    private void verify(List<X509Certificate> presented) throws CertificateException {
        List<X509Certificate> roots = authority.roots();
        // The path to validate ends below the anchor, so a root sent along is left out.
        List<X509Certificate> path =
                presented.stream().filter(c -> !roots.contains(c)).toList();
        if (path.isEmpty()) {
            throw new CertificateException("no client certificate below a root of the mesh");
        }
        try {
            PKIXParameters parameters = new PKIXParameters(
                    roots.stream().map(r -> new TrustAnchor(r, null)).collect(Collectors.toSet()));
            parameters.setRevocationEnabled(false);
            parameters.setDate(Date.from(clock.instant()));
            CertPathValidator.getInstance("PKIX")
                    .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
        } catch (GeneralSecurityException e) {
            throw new CertificateException("the client certificate is not trusted: " + e.getMessage(), e);
        }
        checkSvid(path.get(0));
    }

    private void checkSvid(X509Certificate leaf) throws CertificateException {
        WorkloadIdentity identity = SvidRules.check(leaf);
        if (!identity.trustDomain().equals(authority.trustDomain())) {
            throw new CertificateException(identity + " is not of trust domain " + authority.trustDomain());
        }
        String refusal = denied.get().refusal(identity.uri(), leaf.getSerialNumber());
        if (refusal != null) {
            // By its type the client is told by the alert that TLS has for it (RFC 8446, 6.2), and can prove itself
            // anew.
            CertificateException revoked = new CertificateRevokedException(
                    Date.from(clock.instant()), CRLReason.UNSPECIFIED, leaf.getIssuerX500Principal(), Map.of());
            revoked.initCause(new CertificateException(identity + " is refused: " + refusal));
            throw revoked;
        }
    }
}
