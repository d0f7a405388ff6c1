package io.inmesh.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS material that follows an {@link IdentityHolder}: made once, handed to a server, right ever after.
 *
 * <p>Prefer {@link #serverContext}: it also ends session resumption when identity or roots change. Stacks that take managers instead of a
 * context (gRPC over Netty) must switch session tickets and caching off themselves, or a resumed session keeps a removed root
 * alive.
 */
public final class ServerTls {

    private static final byte HANDSHAKE_RECORD = 22;
    private static final int MAX_KNOWN_PEERS = 10_000;

    // Reading names out of a certificate allocates; a connection presents the same certificate object for all its
    // requests.
    private static final Cache<X509Certificate, Optional<SpiffeId>> PEERS =
            Caffeine.newBuilder().weakKeys().maximumSize(MAX_KNOWN_PEERS).build();

    private ServerTls() {}

    /**
     * {@return a server context that asks for and needs client certificates, for the versions of TLS the holder allows}
     *
     * <p>Each connection uses the epoch current when it begins. Without identity every handshake fails. A port that is permissive may
     * relax the need on its engines; who comes without certificate then has no identity.
     */
    public static SSLContext serverContext(IdentityHolder holder) {
        return TlsContexts.server(new EpochContexts(holder), holder.oldestTls());
    }

    /** {@return a key manager that presents the current certificate, and finishes a handshake with the one it began with} */
    public static X509ExtendedKeyManager keyManager(IdentityHolder holder) {
        return new EpochKeyManager(holder::current, holder::byAlias);
    }

    /**
     * {@return a trust manager for servers: accepts clients with any SPIFFE id of a trusted domain; policies decide the rest}
     *
     * <p>Why it refuses somebody is in the log, as a warning, ten times a minute at most.
     */
    public static X509ExtendedTrustManager clientTrustManager(IdentityHolder holder) {
        return new SpiffeTrustManager(() -> trustOf(holder), holder.clock(), new Refusals(holder.clock()));
    }

    /** {@return a trust manager for clients: accepts only servers with an expected SPIFFE id} */
    public static X509ExtendedTrustManager serverTrustManager(IdentityHolder holder, PeerExpectation expectation) {
        return new SpiffeTrustManager(() -> trustOf(holder), expectation, holder.clock(), chain -> {});
    }

    /**
     * {@return whether a connection whose first byte is this one speaks TLS}
     *
     * <p>A TLS client begins with a record of type handshake, 22 (RFC 8446, section 5.1). What HTTP/1.1 and HTTP/2 begin with is a letter.
     */
    public static boolean beginsTls(byte first) {
        return first == HANDSHAKE_RECORD;
    }

    /**
     * {@return the identity in a chain that a trust manager of this class has accepted, empty if there is none}
     *
     * <p>It reads and does not verify: never pass what did not come from a TLS session.
     *
     * @param chain leaf first; null or empty where the peer presented nothing
     */
    public static Optional<SpiffeId> peerOf(Certificate @Nullable [] chain) {
        if (chain == null || chain.length == 0 || !(chain[0] instanceof X509Certificate leaf)) {
            return Optional.empty();
        }
        return PEERS.get(leaf, ServerTls::read);
    }

    private static Optional<SpiffeId> read(X509Certificate leaf) {
        try {
            return Optional.of(SvidRules.check(leaf));
        } catch (CertificateException e) {
            return Optional.empty();
        }
    }

    private static @Nullable TrustBundle trustOf(IdentityHolder holder) {
        IdentityEpoch epoch = holder.current();
        return epoch == null ? null : epoch.trust();
    }
}
