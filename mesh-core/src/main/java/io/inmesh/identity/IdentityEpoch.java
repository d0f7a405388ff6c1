package io.inmesh.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.inmesh.time.Clock;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * One identity with one set of roots, for as long as neither changes. Connections belong to an epoch: TLS sessions are never resumed
 * across epochs, because a resumed session keeps the identity it began with and does not ask the trust manager again.
 */
public final class IdentityEpoch {

    // More than the distinct expectations of any sane mesh; beyond it contexts are made again, which costs handshakes
    // only.
    private static final int MAX_CONTEXTS = 4096;

    private final long number;
    private final String alias;
    private final WorkloadIdentity identity;
    private final TrustBundle trust;
    private final Clock clock;
    private final TlsVersion oldestTls;
    private final long beganNanos;
    private final CertificateLife life;
    private final Refusals refusals;
    private final X509ExtendedKeyManager keyManager;
    private final Cache<PeerExpectation, SSLContext> clientContexts =
            Caffeine.newBuilder().maximumSize(MAX_CONTEXTS).build();

    IdentityEpoch(
            @Nullable IdentityEpoch before,
            WorkloadIdentity identity,
            TrustBundle trust,
            Clock clock,
            TlsVersion oldestTls) {
        this.number = before == null ? 1 : before.number + 1;
        this.beganNanos = clock.nanos();
        this.refusals = before == null ? new Refusals(clock) : before.refusals;
        this.life = before != null && before.identity.equals(identity)
                ? before.life
                : CertificateLife.of(identity.leaf(), clock.epochMillis());
        this.alias = "epoch-" + number;
        this.identity = identity;
        this.trust = trust;
        this.clock = clock;
        this.oldestTls = oldestTls;
        this.keyManager = new EpochKeyManager(() -> this, name -> name.equals(alias) ? this : null);
    }

    /** {@return 1 for the first epoch of this process, growing by one} */
    public long number() {
        return number;
    }

    /** {@return who this process is} */
    public WorkloadIdentity identity() {
        return identity;
    }

    /** {@return from when to when its certificate is good, as this process sees it} */
    public CertificateLife life() {
        return life;
    }

    /** {@return how well its certificate is now} */
    public IdentityHealth health() {
        return life.healthAt(clock.epochMillis());
    }

    /** {@return monotonic time at which it began} */
    long beganNanos() {
        return beganNanos;
    }

    /** {@return whom it trusts} */
    public TrustBundle trust() {
        return trust;
    }

    /**
     * {@return the TLS context for connections to a peer}
     *
     * <p>The same object for equal expectations, so pools may be keyed by it or by its socket factory. It presents this
     * epoch's certificate, accepts the expected peer only, and sends the expectation's server name.
     */
    public SSLContext clientContext(PeerExpectation expectation) {
        return clientContexts.get(
                expectation,
                key -> TlsContexts.client(
                        keyManager, identity.leaf(), trustManager(key), ServerNames.of(key.serverName()), oldestTls));
    }

    /** {@return the oldest version of TLS to speak, for TLS stacks that do not take a context} */
    public TlsVersion oldestTls() {
        return oldestTls;
    }

    /** {@return a key manager that presents this epoch's certificate, for TLS stacks that do not take a context} */
    public X509ExtendedKeyManager keyManager() {
        return keyManager;
    }

    /** {@return a trust manager that accepts the expected peer only, by this epoch's roots} */
    public X509ExtendedTrustManager trustManager(PeerExpectation expectation) {
        return trustManager(expectation, chain -> {});
    }

    /**
     * {@return a trust manager that accepts the expected peer only, by this epoch's roots}
     *
     * @param accepted told the chain of every peer that is accepted, so that it can be judged again in later epochs
     */
    public X509ExtendedTrustManager trustManager(PeerExpectation expectation, Consumer<X509Certificate[]> accepted) {
        return new SpiffeTrustManager(() -> trust, expectation, clock, accepted);
    }

    /** {@return a trust manager for servers: accepts clients with any SPIFFE id of a domain that this epoch trusts; logs whom it refuses} */
    public X509ExtendedTrustManager clientTrustManager() {
        return new SpiffeTrustManager(() -> trust, clock, refusals);
    }

    /**
     * {@return whether a peer that was let in before is still trusted: a root of this epoch vouches for it, and it is not on the deny
     * list}
     *
     * <p>For connections that have outlived the epoch they began in. It validates a whole path, so call it once per connection and
     * epoch, never per call.
     *
     * @param chain what the peer presented when its connection began, leaf first
     */
    public boolean accepts(X509Certificate[] chain) {
        return refusal(chain) == null;
    }

    /**
     * {@return why a peer that was let in before is not trusted any more, null if it is}
     *
     * <p>That its leaf has ended since is no reason: the peer held it when the connection began, and how long connections last is
     * bounded by asking peers to connect again after every epoch.
     *
     * @param chain what the peer presented when its connection began, leaf first
     */
    @Nullable
    String refusal(X509Certificate[] chain) {
        long now = clock.epochMillis();
        try {
            PeerValidator.validate(
                    chain, trust, now, Math.min(now, chain[0].getNotAfter().getTime()));
            return null;
        } catch (CertificateException e) {
            return e.getMessage();
        }
    }

    /**
     * {@return a verifier that looks at the peer's SPIFFE id again instead of a host name, for clients that insist on one}
     *
     * <p>It never looks at DNS names: a certificate that lacks the expected SPIFFE id is refused whatever host it names.
     */
    public static HostnameVerifier hostnameVerifier(PeerExpectation expectation) {
        return new SpiffeHostnameVerifier(expectation);
    }

    /** {@return the name under which key managers present this epoch} */
    String alias() {
        return alias;
    }

    /** {@return the number and whose identity it is, never the key} */
    @Override
    public String toString() {
        return "IdentityEpoch[" + number + ", " + identity + ", " + trust + "]";
    }
}
