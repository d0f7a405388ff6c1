package io.inmesh.call;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.identity.ConnectionSecurity;
import io.inmesh.load.ServerLoad;
import org.jspecify.annotations.Nullable;

/**
 * One try of a call against one endpoint. Made by the engine; an adapter sends it and reports its outcome once.
 */
public non-sealed interface Attempt extends Step {

    /** {@return the call this is a try of} */
    Call call();

    /** {@return the endpoint to send to, and no other} */
    Endpoint endpoint();

    /** {@return name of the cluster the endpoint was chosen from} */
    String cluster();

    /** {@return 1 for the first try, 2 for the first retry, and so on} */
    int number();

    /**
     * {@return how long to wait for its end before {@linkplain io.inmesh.dispatch.Dispatch#hedge asking for a hedge}, in nanoseconds; {@link
     * Long#MAX_VALUE} for never}
     */
    default long hedgeDelayNanos() {
        return Long.MAX_VALUE;
    }

    /** {@return whether it is sent beside a slow one that is still under way} */
    default boolean hedge() {
        return false;
    }

    /** {@return how the connection is secured, and whom the peer must prove to be; null for plaintext} */
    @Nullable
    ConnectionSecurity security();

    /** {@return monotonic time this attempt must have ended by; {@link Long#MAX_VALUE} if never} */
    long deadlineNanos();

    /** {@return longest time to connect, in nanoseconds, never beyond {@link #deadlineNanos()}} */
    long connectTimeoutNanos();

    /** {@return percent-encoded path to send instead of the call's, without query; null to keep it} */
    @Nullable
    String rewrittenPath();

    /** {@return authority to send instead of the call's; null to keep it} */
    @Nullable
    String rewrittenAuthority();

    /** Writes the header changes of route, cluster and stages into the request about to be sent. */
    void writeRequestHeaders(HeaderSink sink);

    /** Writes the header changes of route and cluster into the response about to be returned. */
    void writeResponseHeaders(HeaderSink sink);

    /** {@return whether {@link #writeResponseHeaders} does anything, so that the common case costs nothing} */
    boolean editsResponse();

    /** {@return whether {@link #reportLoad} is of use; the request then carries a header that asks for it} */
    default boolean asksForLoad() {
        return false;
    }

    /** Hands in what the endpoint says about its load in its response; from any thread, also after the attempt has ended. */
    default void reportLoad(ServerLoad load) {}

    /** Adds a header to what is sent; used by stages that propagate context or identity. */
    void setHeader(String name, String value);
}
