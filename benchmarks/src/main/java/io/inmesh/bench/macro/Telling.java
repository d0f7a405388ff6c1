package io.inmesh.bench.macro;

import io.inmesh.bench.DiscardedLog;
import io.inmesh.bench.Discarding;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.util.Map;

/** What a client tells about its calls. */
enum Telling {
    /** Nothing. */
    NOTHING(Map.of("INMESH_TELEMETRY", "off"), 0),
    /** Metrics under both sets of names, and one trace in a hundred. */
    USUAL(Map.of("INMESH_METRICS", "both"), 0.01),
    /** The same, with every trace. */
    ALL_TRACES(Map.of("INMESH_METRICS", "both"), 1),
    /** Metrics, every trace, and a line for each call. */
    ALL_CALLS(Map.of("INMESH_METRICS", "both", "INMESH_ACCESS_LOG", "all"), 1);

    private final Map<String, String> settings;
    private final double traces;

    Telling(Map<String, String> settings, double traces) {
        this.settings = settings;
        this.traces = traces;
    }

    /** {@return what the environment of the client has to say} */
    Map<String, String> settings() {
        return settings;
    }

    /** Registers for this process what a mesh that joins then tells. Spans and lines are made, queued and thrown away. */
    void begin() {
        if (this == NOTHING) {
            return;
        }
        if (this == ALL_CALLS) {
            DiscardedLog.begin();
        }
        Metrics.addRegistry(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        OpenTelemetrySdk.builder()
                .setTracerProvider(SdkTracerProvider.builder()
                        .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(traces)))
                        .addSpanProcessor(Discarding.processor())
                        .build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .buildAndRegisterGlobal();
    }
}
