package io.inmesh.call;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.load.ServerLoad;
import org.jspecify.annotations.Nullable;

/** One question for an endpoint's load. Made by the engine; an adapter asks. Ends once; whatever comes later does nothing. */
public interface Probe {

    /** {@return whom to ask} */
    Endpoint endpoint();

    /** {@return how the connection is secured, and whom the peer must prove to be; null for plaintext} */
    @Nullable
    ConnectionSecurity security();

    /** {@return the call that was the occasion, for the name the service goes by} */
    Call occasion();

    /** {@return after which nobody is interested in the answer any more, in nanoseconds} */
    long timeoutNanos();

    /** Hands in the answer. */
    void answered(ServerLoad load);

    /** Says that there is no answer, for whatever reason. */
    void failed();
}
