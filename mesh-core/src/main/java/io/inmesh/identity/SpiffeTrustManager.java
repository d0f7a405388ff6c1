package io.inmesh.identity;

import io.inmesh.time.Clock;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Trusts peers by their SPIFFE identity, never by a host name: an IP address or DNS name says nothing about who answers. */
final class SpiffeTrustManager extends ChainTrustManager {

    private static final X509Certificate[] NO_ISSUERS = {};

    private final Supplier<@Nullable TrustBundle> trust;
    private final @Nullable PeerExpectation expectation;
    private final Clock clock;
    private final Consumer<X509Certificate[]> accepted;
    private final Consumer<CertificateException> refused;

    /**
     * Makes one for a server, which accepts every identity with a valid chain.
     *
     * @param trust read once per check; null while there is none, then nobody is trusted
     * @param clock wall clock that judges validity
     * @param refusals told why a caller was refused
     */
    SpiffeTrustManager(Supplier<@Nullable TrustBundle> trust, Clock clock, Refusals refusals) {
        this(trust, null, clock, chain -> {}, refusals::add);
    }

    /**
     * Makes one for a client.
     *
     * @param trust read once per check; null while there is none, then nobody is trusted
     * @param expectation whom the peer must be
     * @param clock wall clock that judges validity
     * @param accepted told every chain that passed
     */
    SpiffeTrustManager(
            Supplier<@Nullable TrustBundle> trust,
            PeerExpectation expectation,
            Clock clock,
            Consumer<X509Certificate[]> accepted) {
        // Whoever calls is told by the failure of the call.
        this(trust, expectation, clock, accepted, refusal -> {});
    }

    private SpiffeTrustManager(
            Supplier<@Nullable TrustBundle> trust,
            @Nullable PeerExpectation expectation,
            Clock clock,
            Consumer<X509Certificate[]> accepted,
            Consumer<CertificateException> refused) {
        this.trust = trust;
        this.expectation = expectation;
        this.clock = clock;
        this.accepted = accepted;
        this.refused = refused;
    }

    private void check(X509Certificate[] chain) throws CertificateException {
        TrustBundle bundle = trust.get();
        if (bundle == null) {
            throw new CertificateException("this process has no trust bundle yet, so it trusts nobody");
        }
        SpiffeId id = PeerValidator.validate(chain, bundle, clock.epochMillis());
        if (expectation != null && !expectation.identities().contains(id)) {
            throw new CertificateException("the peer is " + id + " but must be "
                    + (expectation.identities().isEmpty()
                            ? "nobody (no identity is allowed)"
                            : "one of " + expectation.identities())
                    + " (" + SvidRules.describe(chain[0]) + ")");
        }
        accepted.accept(chain);
    }

    @Override
    void checkServer(X509Certificate[] chain) throws CertificateException {
        if (expectation == null) {
            throw new CertificateException("this trust manager is for servers and has no expectation of whom to call");
        }
        check(chain);
    }

    @Override
    void checkClient(X509Certificate[] chain) throws CertificateException {
        try {
            check(chain);
        } catch (CertificateException e) {
            refused.accept(e);
            throw e;
        }
    }

    /** {@return nothing, so that no peer leaves its certificate at home because it knows our roots by other names} */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return NO_ISSUERS.clone();
    }
}
