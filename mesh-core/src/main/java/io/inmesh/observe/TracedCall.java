package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.observe.InboundObserver.Scope;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** The spans of one call: its own, and below that one per attempt, as far as the trace is kept. */
final class TracedCall implements CallObserver {

    private final TracingObserver tracing;
    private final TracePolicy policy;
    private final Context context;
    private final @Nullable Span own;
    private final @Nullable String route;
    // Events come one at a time, and what passes calls between threads also passes this.
    private @Nullable Span attemptSpan;
    private @Nullable Span hedgeSpan;

    /**
     * Makes the observer of a call.
     *
     * @param context what is handed on, and the parent of the spans of attempts
     * @param own the span of the call; null if no spans are made of it
     */
    TracedCall(
            TracingObserver tracing, TracePolicy policy, Context context, @Nullable Span own, @Nullable String route) {
        this.tracing = tracing;
        this.policy = policy;
        this.context = context;
        this.own = own;
        this.route = route;
    }

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by who called: the scope is handed on.
    public Scope enterCall() {
        if (own == null) {
            return Scope.NONE;
        }
        io.opentelemetry.context.Scope scope = context.makeCurrent();
        return scope::close;
    }

    @Override
    public void delayed(long delayNanos) {
        if (own != null) {
            TraceAttributes.delayed(own, delayNanos);
        }
    }

    @Override
    public void attemptStarted(Attempt attempt) {
        Context sent = context;
        if (own != null) {
            Span span = tracing.client(attempt.call(), context, route);
            TraceAttributes.attempt(span, attempt);
            policy.tag(span, attempt.call());
            sent = context.with(span);
            if (attempt.hedge()) {
                hedgeSpan = span;
            } else {
                attemptSpan = span;
            }
        }
        if (policy.propagation()) {
            tracing.inject(sent, attempt);
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
        if (own != null) {
            TraceAttributes.retrying(own, ended, delayNanos);
        }
    }

    @Override
    public void retryRefused(Attempt ended, RetryRefusal why) {
        if (own != null) {
            TraceAttributes.retryRefused(own, ended, why);
        }
    }

    @Override
    public void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
        if (own != null) {
            TraceAttributes.callEnded(own, last, attempts);
            TraceAttributes.callOutcome(own, call, outcome);
            TraceAttributes.rejection(own, outcome);
            own.end();
        }
    }
}
