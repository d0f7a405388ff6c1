package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import org.jspecify.annotations.Nullable;

/** The spans of one call: one per attempt, or a single one where the mesh answered without any. */
final class TracedCall implements CallObserver {

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final Context parent;
    private final @Nullable String route;
    // Events come one at a time, and what passes calls between threads also passes this.
    private @Nullable Span attemptSpan;
    private @Nullable Span hedgeSpan;

    TracedCall(Tracer tracer, TextMapPropagator propagator, Context parent, @Nullable String route) {
        this.tracer = tracer;
        this.propagator = propagator;
        this.parent = parent;
        this.route = route;
    }

    @Override
    public void attemptStarted(Attempt attempt) {
        Span span = TraceAttributes.client(tracer, attempt.call(), parent, route);
        TraceAttributes.attempt(span, attempt);
        propagator.inject(parent.with(span), attempt, TracingObserver.SETTER);
        if (attempt.hedge()) {
            hedgeSpan = span;
        } else {
            attemptSpan = span;
        }
    }

    @Override
    public void attemptEnded(Attempt attempt, Outcome outcome, long durationNanos) {
        Span span = attempt.hedge() ? hedgeSpan : attemptSpan;
        if (span != null) {
            if (attempt.hedge()) {
                hedgeSpan = null;
            } else {
                attemptSpan = null;
            }
            TraceAttributes.clientOutcome(span, attempt.call(), outcome);
            span.end();
        }
    }

    @Override
    public void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
        if (attempts > 0) {
            return;
        }
        Span span = TraceAttributes.client(tracer, call, parent, route);
        TraceAttributes.clientOutcome(span, call, outcome);
        TraceAttributes.rejection(span, outcome);
        span.end();
    }
}
