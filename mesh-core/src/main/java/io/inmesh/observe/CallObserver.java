package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import org.jspecify.annotations.Nullable;

/** Told about one outbound call; see {@link MeshObserver} for the order of events. Every method has an empty default. */
public interface CallObserver {

    /** Sees nothing. */
    CallObserver NONE = new CallObserver() {};

    /** Why a failed attempt that could have been repeated was not. */
    enum RetryRefusal {
        /** The service's retry budget is spent. */
        BUDGET,
        /** Too many retries of the cluster are in flight. */
        OVERFLOW,
        /** The wait before a retry would outlast the deadline. */
        DEADLINE,
        /** The server forbade retries. */
        PUSHBACK,
        /** The call is made for a request that is itself a repetition; whoever repeats that repeats this. */
        CHAIN
    }

    /**
     * Makes what belongs to this call (a span) current on the calling thread until the scope is closed there, while the end of the call is
     * told, so that metrics and logs can refer to it.
     */
    default InboundObserver.Scope enterCall() {
        return InboundObserver.Scope.NONE;
    }

    /** {@return id of the trace that the call belongs to, 32 digits in lower case; empty if none is known} */
    default String callTraceId() {
        return "";
    }

    /** An injected delay has been imposed on the call. */
    default void delayed(long delayNanos) {}

    /** An attempt is about to be sent. The only moment to {@linkplain Attempt#setHeader add headers} for propagation. */
    default void attemptStarted(Attempt attempt) {}

    /**
     * An attempt ended.
     *
     * @param durationNanos time since it started
     */
    default void attemptEnded(Attempt attempt, Outcome outcome, long durationNanos) {}

    /**
     * Another attempt follows.
     *
     * @param ended the attempt that failed
     * @param delayNanos wait before the next
     */
    default void retrying(Attempt ended, long delayNanos) {}

    /** No other attempt follows, though the outcome would allow one. */
    default void retryRefused(Attempt ended, RetryRefusal why) {}

    /**
     * The call ended. Exactly once.
     *
     * @param last the attempt made last, which may have been refused before it was sent; null if it never came to one
     * @param attempts how many were sent
     * @param durationNanos time since the call started, faults and waits included
     */
    default void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {}
}
