package io.inmesh.observe;

import io.inmesh.authz.Decision;
import io.inmesh.authz.ExternalDecision;
import io.inmesh.call.InboundCall;
import io.inmesh.call.Outcome;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * The server span of one inbound request.
 *
 * @param span the span
 * @param own context that the application's work runs in; null if another instrumentation has seen to that
 * @param ends whether the mesh made the span and has to end it
 */
record TracedRequest(Span span, @Nullable Context own, boolean ends) implements InboundObserver {

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by who called: the scope is handed on.
    public Scope enter() {
        if (own == null) {
            return Scope.NONE;
        }
        io.opentelemetry.context.Scope scope = own.makeCurrent();
        return scope::close;
    }

    @Override
    public String traceId() {
        return Traceparent.traceId(span);
    }

    @Override
    public void checked(InboundCall call, ExternalDecision decision) {
        TraceAttributes.checked(span, decision);
    }

    @Override
    public void authorized(InboundCall call, Decision decision) {
        TraceAttributes.authorized(span, decision);
    }

    @Override
    public void audited(InboundCall call, Decision match) {
        TraceAttributes.audited(span, match);
    }

    @Override
    public void shadowDecided(InboundCall call, Decision decision, Decision shadow) {
        if (shadow.allowed() != decision.allowed()) {
            TraceAttributes.shadowDecided(span, shadow);
        }
    }

    @Override
    public void refused(InboundCall call, Outcome outcome, long durationNanos) {
        TraceAttributes.rejection(span, outcome);
        ended(call, outcome, durationNanos);
    }

    @Override
    public void ended(InboundCall call, Outcome outcome, long durationNanos) {
        TraceAttributes.peer(span, call);
        if (ends) {
            TraceAttributes.serverOutcome(span, call, outcome);
            span.end();
        }
    }
}
