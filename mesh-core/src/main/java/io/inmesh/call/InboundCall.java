package io.inmesh.call;

import io.inmesh.identity.SpiffeId;
import java.net.InetAddress;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A request that came in, with what is known about its sender. Implemented by adapters over the native request. */
public interface InboundCall extends Call {

    /** {@return the identity the peer proved by mTLS on this connection, null without one} */
    @Nullable
    SpiffeId peer();

    /**
     * {@return why what the peer proved when the connection began does not count any more: its root has been removed, or it is on the deny
     * list; null if it counts, or nothing was proved}
     */
    default @Nullable String peerRefusal() {
        return null;
    }

    /** {@return lower case names of all headers, each once; HTTP/2's pseudo-headers are not among them} */
    Set<String> headerNames();

    /** {@return whether the connection is TLS} */
    boolean secure();

    /** {@return address of the connection's peer, never taken from a header; null if the transport has none} */
    @Nullable
    InetAddress peerAddress();

    /** {@return local address the request came in on; null if the transport has none} */
    @Nullable
    InetAddress localAddress();

    /** {@return local port the request came in on, or 0 if unknown} */
    int localPort();

    /** The time of arrival is not known. */
    long ARRIVAL_UNKNOWN = Long.MAX_VALUE;

    /**
     * {@return monotonic time, on the mesh's clock, at which the request was there and began to wait for a thread; {@link
     * #ARRIVAL_UNKNOWN} where the server does not say}
     */
    default long arrivedNanos() {
        return ARRIVAL_UNKNOWN;
    }

    /** {@return whether the two sides talk for as long as they like, so that duration says nothing about load} */
    default boolean streaming() {
        return false;
    }

    /** {@return server name the client sent in the TLS handshake, null if none} */
    default @Nullable String requestedServerName() {
        return null;
    }
}
