package io.inmesh.bench.micro;

import io.inmesh.Mesh;
import io.inmesh.MeshBuilder;
import io.inmesh.bench.DiscardedLog;
import io.inmesh.bench.Discarding;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.MeshConfig;
import io.inmesh.observe.AccessLogSettings;
import io.inmesh.observe.MetricsProfile;
import io.inmesh.observe.TraceSettings;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A process with some telemetry on, of which nothing waits to be written when the next thing is counted. */
final class Told implements AutoCloseable {

    private static final int ENDPOINTS = 100;
    private static final long FLUSH_SECONDS = 60;

    private final SdkTracerProvider tracers;
    private final boolean logged;
    private final Mesh mesh;
    private long calls;

    /** What is on. */
    enum Kind {
        /** Nothing. */
        OFF(false, -1, false, "nothing"),
        /** Metrics under both sets of names. */
        METRICS(true, -1, false, "metrics"),
        /** The same, and a trace in a hundred, drawn by the SDK. */
        USUAL(true, 0.01, false, "metrics, 1 % of traces"),
        /** The same, drawn by the mesh's config. */
        DRAWN(true, 1, false, "metrics, 1 % of traces drawn by the mesh"),
        /** The same, with every trace. */
        ALL_TRACES(true, 1, false, "metrics, all traces"),
        /** Metrics, a trace in a hundred, and a line for each call. */
        USUAL_LOGGED(true, 0.01, true, "metrics, 1 % of traces, all calls logged"),
        /** Everything of every call. */
        ALL_LOGGED(true, 1, true, "metrics, all traces, all calls logged");

        private final boolean metrics;
        private final double traces;
        private final boolean logged;
        private final String text;

        Kind(boolean metrics, double traces, boolean logged, String text) {
            this.metrics = metrics;
            this.traces = traces;
            this.logged = logged;
            this.text = text;
        }

        /** {@return whether there is a line of access log for each call} */
        boolean logged() {
            return logged;
        }

        String text() {
            return text;
        }
    }

    Told(Kind kind) {
        tracers = tracers(Math.max(0, kind.traces));
        logged = kind.logged;
        MeshBuilder builder = Mesh.builder();
        if (kind.metrics) {
            builder.meterRegistry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT))
                    .metricsProfile(MetricsProfile.BOTH);
        }
        if (kind.traces >= 0) {
            builder.traceSettings(new TraceSettings(TraceSettings.Spans.OWN, false))
                    .openTelemetry(OpenTelemetrySdk.builder()
                            .setTracerProvider(tracers)
                            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                            .build());
        }
        if (logged) {
            builder.accessLog(AccessLogSettings.fromEnvironment(Map.of("INMESH_ACCESS_LOG", "all")));
            DiscardedLog.begin();
        }
        mesh = builder.build();
        MeshConfig config = Scenes.endpoints(ENDPOINTS, LoadBalancer.LEAST_REQUEST);
        mesh.apply(kind == Kind.DRAWN ? TelemetryBenchmark.drawing(config) : config);
    }

    /** {@return an SDK that keeps a share of traces, and throws away what it has kept} */
    static SdkTracerProvider tracers(double share) {
        return SdkTracerProvider.builder()
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(share)))
                .addSpanProcessor(Discarding.processor())
                .build();
    }

    Mesh mesh() {
        return mesh;
    }

    /** Waits until all that was to be told about some more calls has been. */
    void told(int more) {
        calls += more;
        tracers.forceFlush().join(FLUSH_SECONDS, TimeUnit.SECONDS);
        long begun = System.nanoTime();
        while (logged && DiscardedLog.lines() < calls) {
            if (System.nanoTime() - begun > TimeUnit.SECONDS.toNanos(FLUSH_SECONDS)) {
                throw new IllegalStateException("of " + calls + " calls " + DiscardedLog.lines() + " were logged");
            }
            LockSupport.parkNanos(1);
        }
    }

    @Override
    public void close() {
        mesh.close();
        tracers.close();
    }
}
