package io.inmesh.bench;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;

/** Takes spans in batches and throws them away, so that making and queueing them is measured, and no network. */
public final class Discarding implements SpanExporter {

    private Discarding() {}

    /** {@return what a tracer provider needs to make spans at all: without a processor it makes none, whatever its sampler keeps} */
    public static SpanProcessor processor() {
        return BatchSpanProcessor.builder(new Discarding()).build();
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode flush() {
        return CompletableResultCode.ofSuccess();
    }

    @Override
    public CompletableResultCode shutdown() {
        return CompletableResultCode.ofSuccess();
    }
}
