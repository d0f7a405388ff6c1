package io.inmesh.server.ca;

import io.grpc.util.AdvancedTlsX509KeyManager;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's own certificate, renewed with a new key at half of its life and whenever the roots change; connections made from then on
 * see the new one. The chain includes the root, because a client that joins knows only the root's hash, and what leads to that root from
 * another one that a join token may have pinned before.
 */
public final class ServerCertificate {
    /** The namespace and service account in the server's SPIFFE id. */
    public static final String NAMESPACE = "inmesh-system";

    /** See {@link #NAMESPACE}. */
    public static final String SERVICE_ACCOUNT = "control-server";

    private static final Logger LOG = LoggerFactory.getLogger(ServerCertificate.class);

    private final CertificateAuthority authority;
    private final List<String> hosts;
    private final InstantSource clock;
    private final SecureRandom random;
    private final AdvancedTlsX509KeyManager keyManager = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509KeyManager clientKeyManager = new AdvancedTlsX509KeyManager();
    private volatile IssuedCertificate current;

    /**
     * Issues the first certificate.
     *
     * @param hosts DNS names and IP addresses under which foreign clients call this server
     */
    public ServerCertificate(
            CertificateAuthority authority, List<String> hosts, InstantSource clock, SecureRandom random) {
        this.authority = authority;
        this.hosts = List.copyOf(hosts);
        this.clock = clock;
        this.random = random;
        // Before the first is issued, so that no change is missed; the lock keeps the first from replacing a newer one.
        authority.onChange(this::renewNow);
        synchronized (this) {
            this.current = renew();
        }
    }

    /** {@return whether an identity is that of a control server, which every process of the mesh obeys} */
    public static boolean isOf(WorkloadIdentity identity) {
        return identity.namespace().equals(NAMESPACE)
                && identity.serviceAccount().equals(SERVICE_ACCOUNT);
    }

    /** Gives TLS the current certificate at every handshake. */
    public X509ExtendedKeyManager keyManager() {
        return keyManager;
    }

    /**
     * Gives TLS the same certificate where this server is the client of another: without what leads to earlier roots, which a control server
     * needs no more than any other client has to show it.
     */
    public X509ExtendedKeyManager clientKeyManager() {
        return clientKeyManager;
    }

    /** Renews the certificate if half of its life is over. To be called every minute or so. */
    public synchronized void renewIfDue() {
        Instant issued = current.leaf().getNotBefore().toInstant().plus(CertificateAuthority.BACKDATE);
        Instant half = issued.plus(Duration.between(issued, current.notAfter()).dividedBy(2));
        if (!clock.instant().isBefore(half)) {
            current = renew();
            LOG.info("renewed the server's certificate until {}", current.notAfter());
        }
    }

    /** The serial number of the certificate in use. */
    public BigInteger serial() {
        return current().leaf().getSerialNumber();
    }

    private synchronized void renewNow() {
        current = renew();
    }

    /** The certificate in use. */
    public IssuedCertificate current() {
        return current;
    }

    private IssuedCertificate renew() {
        KeyPair key = KeyAlgorithm.ECDSA_P256.newKey(random);
        IssuedCertificate issued = authority.issueForServer(
                SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()),
                new WorkloadIdentity(authority.trustDomain(), NAMESPACE, SERVICE_ACCOUNT),
                hosts);
        try {
            keyManager.updateIdentityCredentials(
                    authority.withCrosses(issued).toArray(X509Certificate[]::new), key.getPrivate());
            clientKeyManager.updateIdentityCredentials(
                    issued.chain().toArray(X509Certificate[]::new), key.getPrivate());
        } catch (IllegalArgumentException e) {
            throw new IllegalStateException("a key and its own certificate belong together", e);
        }
        return issued;
    }
}
