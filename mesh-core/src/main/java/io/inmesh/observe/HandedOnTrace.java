package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;

/**
 * A call without spans of its own: what is known of its trace goes on with every attempt.
 *
 * @param headers writes it
 * @param context what is known
 */
record HandedOnTrace(TraceHeaders headers, Context context) implements CallObserver {

    @Override
    public String callTraceId() {
        return Traceparent.traceId(Span.fromContext(context));
    }

    @Override
    public void attemptStarted(Attempt attempt) {
        headers.write(context, attempt);
    }
}
