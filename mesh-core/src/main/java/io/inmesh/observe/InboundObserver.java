package io.inmesh.observe;

import io.inmesh.authz.Decision;
import io.inmesh.authz.ExternalDecision;
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

    /** {@return id of the trace that the request belongs to, 32 digits in lower case; empty if none is known} */
    default String traceId() {
        return "";
    }

    /**
     * An external authorizer was asked about the request. Before its last event, once, and only where a policy wanted that.
     *
     * @param decision names authorizer and policy
     */
    default void checked(InboundCall call, ExternalDecision decision) {}

    /**
     * Authorization policies decided about the request. Before its last event, and only where there are such policies.
     *
     * @param decision names the policy
     */
    default void authorized(InboundCall call, Decision decision) {}

    /**
     * An AUDIT policy marks the request. Once for each such policy.
     *
     * @param match names the rule that matched
     */
    default void audited(InboundCall call, Decision match) {}

    /**
     * Policies on trial (dry run) were evaluated. Once for each policy that would change the answer; if none would, once with the same
     * decision twice.
     *
     * @param decision what was decided
     * @param shadow what would have been; names the policy that makes the difference
     */
    default void shadowDecided(InboundCall call, Decision decision, Decision shadow) {}

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
