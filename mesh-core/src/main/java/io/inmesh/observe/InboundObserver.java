package io.inmesh.observe;

import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;

/** Told about one inbound request; see {@link MeshObserver} for the order of events. Every method has an empty default. */
public interface InboundObserver {

    /** Sees nothing. */
    InboundObserver NONE = new InboundObserver() {};

    /** Undoes {@link #enter}. */
    interface Scope extends AutoCloseable {
        /** Undoes nothing. */
        Scope NONE = () -> {};

        /** Restores what was current on this thread before. */
        @Override
        void close();
    }

    /**
     * Makes what belongs to this request (a span) current on the calling thread until the scope is closed there, so that calls
     * made by the application continue its trace.
     */
    default Scope enter() {
        return Scope.NONE;
    }

    /**
     * The mesh refused the request. The last event.
     *
     * @param outcome a {@link Outcome.Rejection} or a {@link Outcome.LocalReply}
     * @param durationNanos time since the request started
     */
    default void refused(InboundCall call, Outcome outcome, long durationNanos) {}

    /**
     * The application completed the request. The last event.
     *
     * @param durationNanos time since the request started
     */
    default void ended(InboundCall call, Outcome outcome, long durationNanos) {}
}
