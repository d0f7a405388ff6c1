package io.inmesh.observe;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;

/**
 * An inbound request without a span of its own: the application's work runs in the context that came with it.
 *
 * @param context what is known of its trace
 */
record HandedOnRequest(Context context) implements InboundObserver {

    @Override
    @SuppressWarnings("MustBeClosedChecker") // Closed by who called: the scope is handed on.
    public Scope enter() {
        io.opentelemetry.context.Scope scope = context.makeCurrent();
        return scope::close;
    }

    @Override
    public String traceId() {
        return Traceparent.traceId(Span.fromContext(context));
    }
}
