package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.observe.InboundObserver.Scope;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** The spans of one call whose trace is kept: its own, and below that one per attempt. */
final class TracedCall implements CallObserver {

    private final TracingObserver tracing;
    private final TracePolicy policy;
    private final Context context;
    private final Span own;
    private final @Nullable String route;
    // Events come one at a time, and what passes calls between threads also passes this.
    private @Nullable Span attemptSpan;
    private @Nullable Span hedgeSpan;

    /**
     * Makes the observer of a call.
     *
     * @param context what is handed on, and the parent of the spans of attempts
     * @param own the span of the call
     */
    TracedCall(TracingObserver tracing, TracePolicy policy, Context context, Span own, @Nullable String route) {
        this.tracing = tracing;
        this.policy = policy;
        this.context = context;
        this.own = own;
        this.route = route;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by who called: the scope is handed on.
    public Scope enterCall() {
        io.opentelemetry.context.Scope scope = context.makeCurrent();
        return scope::close;
    }

    @Override
    public String callTraceId() {
        return Traceparent.traceId(own);
    }

    @Override
    public void delayed(long delayNanos) {
        TraceAttributes.delayed(own, delayNanos);
    }

    @Override
    public void attemptStarted(Attempt attempt) {
        Span span = tracing.client(attempt.call(), context, route);
        TraceAttributes.attempt(span, attempt);
        policy.tag(span, attempt.call());
        if (attempt.hedge()) {
            hedgeSpan = span;
        } else {
            attemptSpan = span;
        }
        if (policy.propagation()) {
            tracing.inject(context.with(span), attempt);
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
    public void retrying(Attempt ended, long delayNanos) {
        TraceAttributes.retrying(own, ended, delayNanos);
    }

    @Override
    public void retryRefused(Attempt ended, RetryRefusal why) {
        TraceAttributes.retryRefused(own, ended, why);
    }

    @Override
    public void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
        TraceAttributes.callEnded(own, last, attempts);
        TraceAttributes.callOutcome(own, call, outcome);
        TraceAttributes.rejection(own, outcome);
        own.end();
    }
}
