package io.inmesh.observe;

import io.inmesh.authz.Decision;
import io.inmesh.authz.ExternalDecision;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;

/** Tells two observers of one inbound request; more are pairs of pairs. */
record ManyInboundObservers(InboundObserver first, InboundObserver second) implements InboundObserver {

    static InboundObserver both(InboundObserver first, InboundObserver second) {
        if (first == NONE) {
            return second;
        }
        return second == NONE ? first : new ManyInboundObservers(first, second);
    }

    @Override
    public Scope enter() {
        return both(first.enter(), second.enter());
    }

    /** {@return a scope that closes both, the second one first} */
    static Scope both(Scope outer, Scope inner) {
        if (outer == Scope.NONE) {
            return inner;
        }
        return inner == Scope.NONE
                ? outer
                : () -> {
                    inner.close();
                    outer.close();
                };
    }

    @Override
    public String traceId() {
        String id = first.traceId();
        return id.isEmpty() ? second.traceId() : id;
    }

    @Override
    public void checked(InboundCall call, ExternalDecision decision) {
        try {
            first.checked(call, decision);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.checked(call, decision);
    }

    @Override
    public void authorized(InboundCall call, Decision decision) {
        try {
            first.authorized(call, decision);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.authorized(call, decision);
    }

    @Override
    public void audited(InboundCall call, Decision match) {
        try {
            first.audited(call, match);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.audited(call, match);
    }

    @Override
    public void shadowDecided(InboundCall call, Decision decision, Decision shadow) {
        try {
            first.shadowDecided(call, decision, shadow);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.shadowDecided(call, decision, shadow);
    }

    @Override
    public void refused(InboundCall call, Outcome outcome, long durationNanos) {
        try {
            first.refused(call, outcome, durationNanos);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.refused(call, outcome, durationNanos);
    }

    @Override
    public void ended(InboundCall call, Outcome outcome, long durationNanos) {
        try {
            first.ended(call, outcome, durationNanos);
        } catch (RuntimeException e) {
            ManyObservers.failed(first, e);
        }
        second.ended(call, outcome, durationNanos);
    }
}
