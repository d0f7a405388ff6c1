package io.inmesh.authz;

import io.inmesh.call.InboundCall;
import io.inmesh.identity.SpiffeId;
import org.jspecify.annotations.Nullable;

/** What policies are tested on: an inbound request in its canonical form. Used by one thread. */
public final class RequestFacts {

    private final InboundCall call;
    private final String path;
    private final String host;
    private final @Nullable SpiffeId peer;
    private @Nullable String hostAndPort;
    private @Nullable String principal;

    /**
     * Makes the facts of a request.
     *
     * @param call the request
     * @param path its {@linkplain CanonicalPath canonical path}
     */
    public RequestFacts(InboundCall call, String path) {
        this.call = call;
        this.path = path;
        this.host = withoutDot(call.host());
        this.peer = call.peer();
    }

    InboundCall call() {
        return call;
    }

    String path() {
        return path;
    }

    /** {@return lower case host without port and without the dot that marks it as absolute} */
    String host() {
        return host;
    }

    /** {@return the same with the port the client named} */
    String hostAndPort() {
        if (hostAndPort == null) {
            hostAndPort = host + ":" + call.port();
        }
        return hostAndPort;
    }

    @Nullable
    SpiffeId peer() {
        return peer;
    }

    /** {@return the peer's SPIFFE id as text, null without one} */
    @Nullable
    String principal() {
        if (principal == null) {
            principal = peer == null ? null : peer.toString();
        }
        return principal;
    }

    private static String withoutDot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }
}
