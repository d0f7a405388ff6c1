package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.TracingConfig;
import io.inmesh.time.Randomness;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
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

    private final Tracer tracer;
    private final TraceHeaders headers;
    private final boolean joins;
    private final boolean standardSampler;
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
        this.headers =
                new TraceHeaders(openTelemetry.getPropagators().getTextMapPropagator(), settings.baggageEverywhere());
        this.joins = settings.joins();
        this.standardSampler = StandardSampler.of(openTelemetry);
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
        if (!policy.reporting() || known && leftOutWith(existing)) {
            return policy.propagation() ? new HandedOnTrace(headers, current) : CallObserver.NONE;
        }
        if (!known && policy.leavesOut(randomness)) {
            return unkept(policy, current, null);
        }
        Span span = TraceAttributes.call(tracer, call, virtualHost, current, route, standardSampler);
        if (!span.isRecording()) {
            return unkept(policy, current, span);
        }
        policy.tag(span, call);
        return new TracedCall(this, policy, current.with(span), span, route);
    }

    /** Whether it is known without asking that nothing of a trace is kept here. */
    private boolean leftOutWith(Span parent) {
        return standardSampler && !parent.getSpanContext().isSampled();
    }

    /**
     * {@return what tells the other side that a trace is not kept}
     *
     * @param decided what the SDK has made instead of a span; null if it has not been asked
     */
    private CallObserver unkept(TracePolicy policy, Context current, @Nullable Span decided) {
        if (!policy.propagation()) {
            return CallObserver.NONE;
        }
        if (headers.traceparentSuffices(current)) {
            if (decided == null) {
                return new UnkeptTrace(Traceparent.unkept(randomness));
            }
            SpanContext span = decided.getSpanContext();
            if (span.isValid() && span.getTraceState().isEmpty()) {
                return new UnkeptTrace(Traceparent.of(span));
            }
        }
        Span span = decided == null ? Traceparent.unkeptSpan(randomness) : decided;
        return new HandedOnTrace(headers, current.with(span));
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
        Context parent = headers.read(current, call);
        Span caller = Span.fromContext(parent);
        boolean known = caller.getSpanContext().isValid();
        if (!policy.reporting() || known && leftOutWith(caller)) {
            return new HandedOnRequest(parent);
        }
        if (!known && policy.leavesOut(randomness)) {
            return new HandedOnRequest(parent.with(Traceparent.unkeptSpan(randomness)));
        }
        Span span = TraceAttributes.server(tracer, call, parent, standardSampler);
        if (!span.isRecording()) {
            return new HandedOnRequest(parent.with(span));
        }
        policy.tag(span, call);
        return new TracedRequest(span, parent.with(span), true);
    }

    /** {@return a started span of an attempt} */
    Span client(Call call, Context parent, @Nullable String route) {
        return TraceAttributes.client(tracer, call, parent, route);
    }

    void inject(Context context, Attempt attempt) {
        headers.write(context, attempt);
    }
}
