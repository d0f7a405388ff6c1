package io.inmesh.identity;

import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How connections to an endpoint are secured. Compared by value, so adapters may key connections by it, together with the epoch it
 * belongs to.
 *
 * <p>There is no way back to plaintext: what cannot be made here throws.
 */
public sealed interface ConnectionSecurity permits PeerExpectation, OutsideServer {

    /** {@return server name to send in the handshake (SNI), as config has it; empty for none} */
    String serverName();

    /**
     * {@return why nothing can be sent now, null if it can}
     *
     * @param identity identity of this process
     */
    @Nullable
    String obstacle(IdentityHolder identity);

    /**
     * {@return the identity epoch that connections made now belong to; null if they have nothing to do with the mesh's identities}
     *
     * @param identity identity of this process
     * @throws IllegalStateException if connections need an identity and there is none
     */
    @Nullable
    IdentityEpoch epoch(IdentityHolder identity);

    /**
     * {@return the TLS context for connections, which presents what is to be presented, accepts the expected peer only, and sends the
     * server name}
     *
     * @param epoch what {@link #epoch(IdentityHolder)} said
     */
    SSLContext context(@Nullable IdentityEpoch epoch);

    /** {@return what presents certificates, for TLS stacks that do not take a context} */
    X509ExtendedKeyManager keyManager(@Nullable IdentityEpoch epoch);

    /**
     * {@return a trust manager that accepts the expected peer only}
     *
     * @param epoch what {@link #epoch(IdentityHolder)} said
     * @param accepted told the chain of every peer that is accepted, so that it can be judged again later
     */
    X509ExtendedTrustManager trustManager(@Nullable IdentityEpoch epoch, Consumer<X509Certificate[]> accepted);

    /** {@return a verifier that looks at the peer's certificate again, for clients that insist on one} */
    HostnameVerifier hostnameVerifier();

    /** {@return the oldest version of TLS to speak, for TLS stacks that do not take a context} */
    TlsVersion oldestTls(@Nullable IdentityEpoch epoch);
}
