package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;

/**
 * A call that another instrumentation has a span for, which is told what only the mesh knows. It has been injected by whoever made it, or is
 * going to be.
 *
 * @param span the span of the other instrumentation
 * @param route name of the route, null if none matched
 */
record JoinedCall(Span span, @Nullable String route) implements CallObserver {

    @Override
    public String callTraceId() {
        return Traceparent.traceId(span);
    }

    @Override
    public void delayed(long delayNanos) {
        TraceAttributes.delayed(span, delayNanos);
    }

    @Override
    public void retrying(Attempt ended, long delayNanos) {
        TraceAttributes.retrying(span, ended, delayNanos);
    }

    @Override
    public void retryRefused(Attempt ended, RetryRefusal why) {
        TraceAttributes.retryRefused(span, ended, why);
    }

    @Override
    public void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
        if (span.isRecording()) {
            TraceAttributes.route(span, route);
            TraceAttributes.callEnded(span, last, attempts);
            TraceAttributes.rejection(span, outcome);
        }
    }
}
