package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Traces calls with OpenTelemetry: a client span per attempt, all children of the span that was current when the call began, and a
 * server span per inbound request. Context travels in whatever headers the configured propagators use.
 *
 * <p>Where another instrumentation has made the server span already, that one is continued and told what only the mesh knows; there are
 * never two. Source: OpenTelemetry semantic conventions, HTTP and RPC spans.
 */
public final class TracingObserver implements MeshObserver {

    static final TextMapSetter<Attempt> SETTER = (attempt, name, value) -> {
        if (attempt != null) {
            attempt.setHeader(name, value);
        }
    };

    private static final TextMapGetter<InboundCall> GETTER = new TextMapGetter<InboundCall>() {
        // Older releases of the API, which users may pin, have this method without a default.
        @Override
        @SuppressWarnings("deprecation")
        public Iterable<String> keys(InboundCall call) {
            // A view over a native request cannot list its headers; the propagators in use ask by name.
            return List.of();
        }

        @Override
        public @Nullable String get(@Nullable InboundCall call, String name) {
            return call == null ? null : call.header(name);
        }

        @Override
        public Iterator<String> getAll(@Nullable InboundCall call, String name) {
            return call == null
                    ? Collections.emptyIterator()
                    : call.headerValues(name).iterator();
        }
    };

    private final Tracer tracer;
    private final TextMapPropagator propagator;

    /** Makes an observer that uses the given tracers and propagators. */
    public TracingObserver(OpenTelemetry openTelemetry) {
        this.tracer = openTelemetry.getTracer("io.inmesh");
        this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
    }

    @Override
    public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
        // Captured here, because retries run on other threads.
        return new TracedCall(tracer, propagator, Context.current(), route);
    }

    @Override
    public InboundObserver inboundStarted(InboundCall call) {
        Context current = Context.current();
        Span existing = Span.fromContext(current);
        if (existing.getSpanContext().isValid()) {
            return new TracedRequest(existing, null);
        }
        Context parent = propagator.extract(current, call, GETTER);
        Span span = TraceAttributes.server(tracer, call, parent);
        return new TracedRequest(span, parent.with(span));
    }
}
