package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.TracingConfig;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.time.Randomness;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Traces calls with OpenTelemetry: a span per call, below it a client span per attempt, and a server span per inbound request. Context travels
 * in whatever headers the configured propagators use: W3C Trace Context, B3 in one header or several, or both.
 *
 * <p>Where another instrumentation has made the server span or the client span already, that one is continued and told what only the mesh
 * knows; there are never two of one kind. Source: OpenTelemetry semantic conventions, HTTP and RPC spans.
 */
public final class TracingObserver implements MeshObserver {

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
            return call == null
                    ? Collections.emptyIterator()
                    : call.headerValues(name.toLowerCase(Locale.ROOT)).iterator();
        }
    };

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final TraceSettings settings;
    private final boolean joins;
    private final Randomness randomness;
    private volatile Supplier<MeshConfig> configs = () -> MeshConfig.EMPTY;
    private volatile TracePolicy client = policy(TracingConfig.STANDARD);
    private volatile TracePolicy server = policy(TracingConfig.STANDARD);

    /** Makes an observer that uses the given tracers and propagators, with {@link TraceSettings#DEFAULT}. */
    public TracingObserver(OpenTelemetry openTelemetry) {
        this(openTelemetry, TraceSettings.DEFAULT, Randomness.SYSTEM);
    }

    /**
     * Makes an observer.
     *
     * @param openTelemetry whose tracers and propagators are used
     * @param randomness what draws the traces to keep, where a config says how many
     */
    public TracingObserver(OpenTelemetry openTelemetry, TraceSettings settings, Randomness randomness) {
        this.tracer = openTelemetry.getTracer("io.inmesh");
        this.propagator = openTelemetry.getPropagators().getTextMapPropagator();
        this.settings = settings;
        this.joins = settings.joins();
        this.randomness = randomness;
    }

    /** Goes by a config, now and whenever one is applied. */
    void watch(Supplier<MeshConfig> source) {
        configs = source;
        adopt(source.get());
    }

    private void adopt(MeshConfig config) {
        client = policy(config.telemetry().client().tracing());
        server = policy(config.telemetry().server().tracing());
    }

    private static TracePolicy policy(TracingConfig config) {
        return new TracePolicy(config, System::getenv);
    }

    @Override
    public void configApplied(String version, long durationNanos) {
        adopt(configs.get());
    }

    @Override
    public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
        // Captured here, because retries run on other threads.
        Context current = Context.current();
        Span existing = Span.fromContext(current);
        boolean known = existing.getSpanContext().isValid();
        if (joins) {
            return known ? new JoinedCall(existing, route) : CallObserver.NONE;
        }
        if (known && SpanKinds.is(existing, SpanKind.CLIENT)) {
            return new JoinedCall(existing, route);
        }
        TracePolicy policy = client;
        if (!policy.reporting()) {
            return new TracedCall(this, policy, current, null, route);
        }
        if (!known && policy.leavesOut(randomness)) {
            return new TracedCall(this, policy, current.with(TracePolicy.unsampled(randomness)), null, route);
        }
        Span span = TraceAttributes.call(tracer, call, virtualHost, current, route);
        policy.tag(span, call);
        boolean kept = span.getSpanContext().isSampled();
        return new TracedCall(this, policy, current.with(span), kept ? span : null, route);
    }

    @Override
    public InboundObserver inboundStarted(InboundCall call) {
        Context current = Context.current();
        Span existing = Span.fromContext(current);
        if (existing.getSpanContext().isValid()) {
            return new TracedRequest(existing, null, false);
        }
        if (joins) {
            return InboundObserver.NONE;
        }
        TracePolicy policy = server;
        Context parent = propagator.extract(current, call, GETTER);
        if (!policy.reporting()) {
            return new TracedRequest(Span.getInvalid(), parent, false);
        }
        if (!Span.fromContext(parent).getSpanContext().isValid() && policy.leavesOut(randomness)) {
            return new TracedRequest(Span.getInvalid(), parent.with(TracePolicy.unsampled(randomness)), false);
        }
        Span span = TraceAttributes.server(tracer, call, parent);
        policy.tag(span, call);
        return new TracedRequest(span, parent.with(span), true);
    }

    /** {@return a started span of an attempt} */
    Span client(Call call, Context parent, @Nullable String route) {
        return TraceAttributes.client(tracer, call, parent, route);
    }

    void inject(Context context, Attempt attempt) {
        boolean inMesh = attempt.security() instanceof PeerExpectation
                || attempt.cluster().endsWith(OWN_SERVICES)
                || settings.baggageEverywhere();
        propagator.inject(context, attempt, inMesh ? SETTER : WITHOUT_BAGGAGE);
    }
}
