package io.inmesh.inbound;

import io.inmesh.call.CallContext;
import io.inmesh.call.Outcome;
import io.inmesh.call.RequestEdits;
import io.inmesh.load.ServerLoad;
import io.inmesh.observe.InboundObserver;
import io.inmesh.token.VerifiedToken;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the mesh decided about one inbound request. One per request. */
public interface Admission {

    /** {@return whether the application may see the request; false while it is {@link #pending}} */
    boolean admitted();

    /**
     * {@return whether an external authorizer has not answered yet; then only {@link #whenDecided} and {@link #settle} may be called, the
     * latter if nobody waits for the request any more}
     */
    default boolean pending() {
        return false;
    }

    /**
     * Calls a listener once the request is admitted or refused: at once if it is, otherwise on a thread that the listener must not hold up. Never
     * if the request was settled before.
     */
    default void whenDecided(Runnable listener) {
        listener.run();
    }

    /**
     * {@return the answer to give instead: an {@link Outcome.Rejection} or {@link Outcome.LocalReply}}
     *
     * @throws IllegalStateException if the request was admitted
     */
    Outcome rejection();

    /**
     * Tells how an admitted request ended, at its real completion (not when a method returned while the request went on
     * asynchronously). The first call counts; later ones, and any call on a refused request, do nothing.
     */
    void settle(Outcome outcome);

    /**
     * {@return how loaded this process is apart from this request, to be said on the response; null if the caller did not ask, or was
     * refused}
     */
    default @Nullable ServerLoad loadReport() {
        return null;
    }

    /** {@return monotonic time at which the caller gives up, {@link Long#MAX_VALUE} if it did not say} */
    long deadlineNanos();

    /** {@return what the request means for the calls made on its behalf; bound to threads by {@link #enter}} */
    CallContext context();

    /**
     * {@return the canonical path the decision was made on; an adapter refuses the request with 400 where the application would see
     * another one}
     */
    String canonicalPath();

    /** {@return what the application sees of the request otherwise than it came in} */
    default RequestEdits edits() {
        return RequestEdits.NONE;
    }

    /** {@return headers that the answer to an admitted request has besides those of the application, by lower case name} */
    default List<Map.Entry<String, String>> answerHeaders() {
        return List.of();
    }

    /** {@return the token the request proved, null if it has none or tokens are not looked at} */
    default @Nullable VerifiedToken token() {
        return null;
    }

    /**
     * Makes the trace and the {@link #context} of this request current on the calling thread. Adapters wrap the application's work in it, on every thread
     * that does some.
     *
     * @return closed on the same thread, when that work returns
     */
    InboundObserver.Scope enter();
}
