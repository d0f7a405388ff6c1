package io.inmesh.call;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;

/** Opens connections that calls are likely to need. Implemented by adapters. */
@FunctionalInterface
public interface Connector {

    /**
     * Connects, if there is no connection yet. Must not block; that it fails concerns nobody, since the call that needs the connection
     * tries again.
     *
     * @param endpoint where to
     * @param security how the connection is secured, and whom the peer must prove to be
     * @param timeoutNanos how long connecting may take
     */
    void connect(Endpoint endpoint, ConnectionSecurity security, long timeoutNanos);
}
