package io.inmesh.identity;

import java.util.Set;

/**
 * Who the other end of a connection must be. One object per cluster, compared by value, so adapters may key TLS material by it.
 *
 * @param identities SPIFFE ids of which the peer must hold one; empty trusts nobody
 * @param serverName server name to send in the handshake (SNI); letters, digits, dots, dashes and underscores
 */
public record PeerExpectation(Set<SpiffeId> identities, String serverName) {
    /** Copies the set. */
    public PeerExpectation {
        identities = Set.copyOf(identities);
    }
}
