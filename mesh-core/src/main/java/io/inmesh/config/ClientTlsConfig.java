package io.inmesh.config;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How connections to a cluster are secured.
 *
 * <p>Source: Istio {@code ClientTLSSettings}, Envoy {@code UpstreamTlsContext} and {@code transport_socket_matches}.
 *
 * @param mode what is done
 * @param identities SPIFFE ids of which the endpoint must hold one; with {@link Mode#MESH} an empty set trusts nobody
 * @param sni server name sent, null to derive it from the cluster
 */
public record ClientTlsConfig(
        Mode mode, Set<String> identities, @Nullable String sni) {

    /** What is done to a connection. */
    public enum Mode {
        /** Plaintext. */
        DISABLE,
        /** Mesh mTLS to endpoints that speak it ({@link EndpointConfig#tls}), plaintext to the others (auto mTLS). */
        AUTO,
        /** Mesh mTLS to every endpoint; an endpoint that cannot is a failure (ISTIO_MUTUAL). */
        MESH
    }

    /** Plaintext. */
    public static final ClientTlsConfig DISABLED = new ClientTlsConfig(Mode.DISABLE, Set.of(), null);

    /** Copies the set. */
    public ClientTlsConfig {
        identities = Set.copyOf(identities);
    }
}
