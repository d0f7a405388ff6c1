package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.InboundCall;
import io.inmesh.identity.PeerExpectation;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How traces travel: in whatever headers the application's propagators use. */
final class TraceHeaders {

    private static final String BAGGAGE = "baggage";

    /** What the names of clusters of the mesh's own services end with. */
    private static final String OWN_SERVICES = ".svc.cluster.local";

    // The engine has names in lower case; B3 is defined in mixed case.
    private static final TextMapSetter<Attempt> SETTER = (attempt, name, value) -> {
        if (attempt != null) {
            attempt.setHeader(name.toLowerCase(Locale.ROOT), value);
        }
    };

    /** For hosts outside the mesh: baggage is what applications say to each other, not to strangers. */
    private static final TextMapSetter<Attempt> WITHOUT_BAGGAGE = (attempt, name, value) -> {
        if (attempt != null && !name.equalsIgnoreCase(BAGGAGE)) {
            attempt.setHeader(name.toLowerCase(Locale.ROOT), value);
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
            return call == null ? null : call.header(name.toLowerCase(Locale.ROOT));
        }

        @Override
        public Iterator<String> getAll(@Nullable InboundCall call, String name) {
            String lower = name.toLowerCase(Locale.ROOT);
            // Adapters tell at less cost that there is no such header.
            return call == null || call.header(lower) == null
                    ? Collections.emptyIterator()
                    : call.headerValues(lower).iterator();
        }
    };

    private final TextMapPropagator propagator;
    private final boolean baggageEverywhere;
    private final boolean traceparentSuffices;

    /**
     * Makes them.
     *
     * @param baggageEverywhere whether baggage goes to hosts outside the mesh too
     */
    TraceHeaders(TextMapPropagator propagator, boolean baggageEverywhere) {
        this.propagator = propagator;
        this.baggageEverywhere = baggageEverywhere;
        this.traceparentSuffices = Traceparent.suffices(propagator);
    }

    /** {@return whether {@code traceparent} says all there is to say of a trace that begins in a context and is not kept} */
    boolean traceparentSuffices(Context context) {
        // Propagators may look for more than spans in a context, and in the root there is nothing.
        return traceparentSuffices && context == Context.root();
    }

    /** Writes what is known of a trace into the headers of an attempt. */
    void write(Context context, Attempt attempt) {
        boolean inMesh = attempt.security() instanceof PeerExpectation
                || attempt.cluster().endsWith(OWN_SERVICES)
                || baggageEverywhere;
        propagator.inject(context, attempt, inMesh ? SETTER : WITHOUT_BAGGAGE);
    }

    /** {@return a context with what a request says of its trace} */
    Context read(Context context, InboundCall call) {
        return propagator.extract(context, call, GETTER);
    }
}
