package io.inmesh.bench.micro;

import io.inmesh.Mesh;
import io.inmesh.MeshBuilder;
import io.inmesh.call.Call;
import io.inmesh.call.Step;
import io.inmesh.config.LoadBalancer;
import io.inmesh.observe.MetricsProfile;
import io.inmesh.observe.TraceSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
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
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TelemetryBenchmark {

    private static final int ENDPOINTS = 100;

    /** What is switched on. {@code traces1} keeps one trace in a hundred, {@code traces100} all of them and exports none. */
    @Param({"off", "otel", "istio", "both", "traces1", "traces100", "otel+traces1", "both+traces1"})
    private String telemetry = "off";

    private Mesh mesh = Mesh.builder().build();
    private Call[] calls = {};
    private int position;

    /** Builds the mesh. */
    @Setup
    public void open() {
        MeshBuilder builder = Mesh.builder();
        if (!telemetry.equals("off") && !telemetry.startsWith("traces")) {
            String profile = telemetry.contains("+") ? telemetry.substring(0, telemetry.indexOf('+')) : telemetry;
            builder.meterRegistry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
                    .metricsProfile(MetricsProfile.of(profile));
        }
        if (telemetry.contains("traces")) {
            double share = telemetry.endsWith("traces100") ? 1 : 0.01;
            builder.traceSettings(new TraceSettings(TraceSettings.Spans.OWN, false))
                    .openTelemetry(OpenTelemetrySdk.builder()
                            .setTracerProvider(SdkTracerProvider.builder()
                                    .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(share)))
                                    .build())
                            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                            .build());
        }
        mesh = builder.build();
        mesh.apply(Scenes.endpoints(ENDPOINTS, LoadBalancer.LEAST_REQUEST));
        calls = Scenes.calls();
    }

    /** Releases it. */
    @TearDown
    public void close() {
        mesh.close();
    }

    /** Measures one call that is answered at once. */
    @Benchmark
    public Step call() {
        position = (position + 1) & (Scenes.CALLS - 1);
        return Scenes.call(mesh, calls[position]);
    }
}
