package io.inmesh.identity;

import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Mutual TLS of the mesh: who the other end of a connection must be. One object per cluster, compared by value, so adapters may key
 * TLS material by it.
 *
 * @param identities SPIFFE ids of which the peer must hold one; empty trusts nobody
 * @param serverName server name to send in the handshake (SNI); letters, digits, dots, dashes and underscores
 */
public record PeerExpectation(Set<SpiffeId> identities, String serverName) implements ConnectionSecurity {
    /** Copies the set. */
    public PeerExpectation {
        identities = Set.copyOf(identities);
    }

    @Override
    public @Nullable String obstacle(IdentityHolder identity) {
        return identity.current() == null
                ? "needs mTLS and this process has no certificate yet; see Mesh.awaitReady"
                : null;
    }

    @Override
    public IdentityEpoch epoch(IdentityHolder identity) {
        IdentityEpoch current = identity.current();
        if (current == null) {
            throw new IllegalStateException("this process has no identity to call " + serverName + " with");
        }
        return current;
    }

    @Override
    public SSLContext context(@Nullable IdentityEpoch epoch) {
        return needed(epoch).clientContext(this);
    }

    @Override
    public X509ExtendedKeyManager keyManager(@Nullable IdentityEpoch epoch) {
        return needed(epoch).keyManager();
    }

    @Override
    public X509ExtendedTrustManager trustManager(@Nullable IdentityEpoch epoch, Consumer<X509Certificate[]> accepted) {
        return needed(epoch).trustManager(this, accepted);
    }

    @Override
    public HostnameVerifier hostnameVerifier() {
        return IdentityEpoch.hostnameVerifier(this);
    }

    @Override
    public TlsVersion oldestTls(@Nullable IdentityEpoch epoch) {
        return needed(epoch).oldestTls();
    }

    private static IdentityEpoch needed(@Nullable IdentityEpoch epoch) {
        return Objects.requireNonNull(epoch, "connections of the mesh need an identity");
    }
}
