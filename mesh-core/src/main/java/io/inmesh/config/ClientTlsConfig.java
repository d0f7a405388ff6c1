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
 * @param sni server name sent; null to derive it from the cluster, with {@link Mode#ORIGINATE} from the host called
 * @param origination what {@link Mode#ORIGINATE} needs, null with every other mode
 */
public record ClientTlsConfig(
        Mode mode,
        Set<String> identities,
        @Nullable String sni,
        @Nullable OriginationConfig origination) {

    /** What is done to a connection. */
    public enum Mode {
        /** Plaintext. */
        DISABLE,
        /** Mesh mTLS to endpoints that speak it ({@link EndpointConfig#tls}), plaintext to the others (auto mTLS). */
        AUTO,
        /** Mesh mTLS to every endpoint; an endpoint that cannot is a failure (ISTIO_MUTUAL). */
        MESH,
        /** TLS that has nothing to do with the mesh's identities, to every endpoint (SIMPLE and MUTUAL). */
        ORIGINATE
    }

    /** Plaintext. */
    public static final ClientTlsConfig DISABLED = new ClientTlsConfig(Mode.DISABLE, Set.of(), null);

    /** Copies the set. */
    public ClientTlsConfig {
        identities = Set.copyOf(identities);
    }

    /** A config without origination. */
    public ClientTlsConfig(Mode mode, Set<String> identities, @Nullable String sni) {
        this(mode, identities, sni, null);
    }

    /**
     * {@return TLS to servers outside the mesh}
     *
     * @param sni server name sent, null for the host called
     * @param origination whom to believe and what to present
     */
    public static ClientTlsConfig originate(@Nullable String sni, OriginationConfig origination) {
        return new ClientTlsConfig(Mode.ORIGINATE, Set.of(), sni, origination);
    }

    /** {@return the same with other identities} */
    public ClientTlsConfig withIdentities(Set<String> identities) {
        return new ClientTlsConfig(mode, identities, sni, origination);
    }

    /** {@return the same with another origination} */
    public ClientTlsConfig withOrigination(OriginationConfig origination) {
        return new ClientTlsConfig(mode, identities, sni, origination);
    }
}
