package io.inmesh.bench.micro;

import io.inmesh.Mesh;
import io.inmesh.MeshBuilder;
import io.inmesh.bench.Discarding;
import io.inmesh.call.Call;
import io.inmesh.call.Step;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.TelemetryConfig;
import io.inmesh.config.TelemetryConfig.Side;
import io.inmesh.config.TracingConfig;
import io.inmesh.observe.MetricsProfile;
import io.inmesh.observe.TraceSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** What a call costs with each kind of telemetry, beside one without any, in one run. Not among those of {@link Micro}: see the README. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TelemetryBenchmark {

    private static final int ENDPOINTS = 100;

    /** A request of somebody else, whose trace is not kept. */
    private static final SpanContext REQUEST = SpanContext.createFromRemoteParent(
            "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7", TraceFlags.getDefault(), TraceState.getDefault());

    /**
     * What is switched on. {@code traces1} has the SDK keep one trace in a hundred, {@code traces100} all; they are queued and thrown away.
     * {@code drawn1} has the mesh's config draw the hundredth, {@code unkept} makes the call for a request whose trace is not kept.
     */
    @Param({
        "off",
        "otel",
        "istio",
        "both",
        "traces1",
        "traces100",
        "otel+traces1",
        "both+traces1",
        "both+drawn1",
        "both+unkept"
    })
    private String telemetry = "off";

    private Mesh mesh = Mesh.builder().build();
    private Call[] calls = {};
    private io.opentelemetry.context.Scope request = io.opentelemetry.context.Scope.noop();
    private int position;

    /** Builds the mesh. */
    // It is closed in close(), as the harness has it.
    @SuppressWarnings("MustBeClosedChecker")
    @Setup
    public void open() {
        MeshBuilder builder = Mesh.builder();
        if (!telemetry.equals("off") && !telemetry.startsWith("traces")) {
            String profile = telemetry.contains("+") ? telemetry.substring(0, telemetry.indexOf('+')) : telemetry;
            builder.meterRegistry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
                    .metricsProfile(MetricsProfile.of(profile));
        }
        boolean drawn = telemetry.endsWith("drawn1");
        if (drawn || telemetry.contains("traces") || telemetry.endsWith("unkept")) {
            double share = drawn || telemetry.endsWith("traces100") ? 1 : 0.01;
            builder.traceSettings(new TraceSettings(TraceSettings.Spans.OWN, false))
                    .openTelemetry(OpenTelemetrySdk.builder()
                            .setTracerProvider(SdkTracerProvider.builder()
                                    .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(share)))
                                    .addSpanProcessor(Discarding.processor())
                                    .build())
                            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                            .build());
        }
        mesh = builder.build();
        MeshConfig config = Scenes.endpoints(ENDPOINTS, LoadBalancer.LEAST_REQUEST);
        mesh.apply(drawn ? drawing(config) : config);
        calls = Scenes.calls();
        if (telemetry.endsWith("unkept")) {
            request = Context.root().with(Span.wrap(REQUEST)).makeCurrent();
        }
    }

    /** {@return a config that has the mesh draw one trace in a hundred} */
    static MeshConfig drawing(MeshConfig config) {
        Side usual = Side.STANDARD;
        Side client = new Side(usual.metrics(), new TracingConfig(1.0, true, true, List.of()), usual.accessLog());
        return new MeshConfig(
                config.version(),
                config.virtualHosts(),
                config.clusters(),
                config.inbound(),
                new TelemetryConfig(client, usual));
    }

    /** Releases it. */
    @TearDown
    public void close() {
        request.close();
        mesh.close();
    }

    /** Measures one call that is answered at once. */
    @Benchmark
    public Step call() {
        position = (position + 1) & (Scenes.CALLS - 1);
        return Scenes.call(mesh, calls[position]);
    }
}
