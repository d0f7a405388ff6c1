package io.inmesh.observe;

import io.inmesh.call.Call;
import io.inmesh.config.TracingConfig;
import io.inmesh.config.TracingConfig.Source;
import io.inmesh.config.TracingConfig.Tag;
import io.inmesh.time.Randomness;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a config says about the spans of one side, read once. */
final class TracePolicy {

    private static final double ALL = 100;
    // Istio: steps of 0.01 %.
    private static final int STEPS_PER_PERCENT = 100;

    private final TracingConfig config;
    private final Attributes fixed;
    private final List<Tag> headers;

    TracePolicy(TracingConfig config, UnaryOperator<@Nullable String> environment) {
        this.config = config;
        AttributesBuilder attributes = Attributes.builder();
        for (Tag tag : config.tags()) {
            String value = tag.source() == Source.LITERAL
                    ? tag.key()
                    : tag.source() == Source.ENVIRONMENT ? environment.apply(tag.key()) : "";
            String shown = value == null ? tag.otherwise() : value;
            if (!shown.isEmpty()) {
                attributes.put(tag.name(), shown);
            }
        }
        this.fixed = attributes.build();
        this.headers = config.tags().stream()
                .filter(tag -> tag.source() == Source.HEADER && !SecretHeaders.contains(tag.key()))
                .toList();
    }

    boolean reporting() {
        return config.reporting();
    }

    boolean propagation() {
        return config.propagation();
    }

    /** {@return whether a trace that begins here is left out before anything asks the SDK} */
    boolean leavesOut(Randomness randomness) {
        Double percent = config.sampledPercent();
        return percent != null
                && percent < ALL
                && randomness.below((long) ALL * STEPS_PER_PERCENT) >= Math.round(percent * STEPS_PER_PERCENT);
    }

    /** Adds the attributes that the config wants. */
    void tag(Span span, Call call) {
        if (config.tags().isEmpty() || !span.isRecording()) {
            return;
        }
        span.setAllAttributes(fixed);
        for (Tag tag : headers) {
            String value = call.header(tag.key());
            String shown = value == null ? tag.otherwise() : value;
            if (!shown.isEmpty()) {
                span.setAttribute(tag.name(), shown);
            }
        }
    }
}
