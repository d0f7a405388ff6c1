package io.inmesh.config;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one side of calls is traced. Source: Istio {@code Telemetry}, {@code tracing[]}; Envoy {@code HttpConnectionManager.Tracing}.
 *
 * @param sampledPercent share of new traces that are kept, 0 to 100; null to leave that to the OpenTelemetry SDK. A request that belongs to
 *     a trace already goes by what that decided
 * @param reporting whether spans are made; without, context is still handed on
 * @param propagation whether context is handed on ({@code disableContextPropagation})
 * @param tags attributes that every span gets
 */
public record TracingConfig(@Nullable Double sampledPercent, boolean reporting, boolean propagation, List<Tag> tags) {

    /** As the OpenTelemetry SDK is set up. */
    public static final TracingConfig STANDARD = new TracingConfig(null, true, true, List.of());

    /** Where the value of an attribute comes from. */
    public enum Source {
        /** The value itself. */
        LITERAL,
        /** A variable of the environment. */
        ENVIRONMENT,
        /** A header of the request. */
        HEADER
    }

    /**
     * An attribute of spans.
     *
     * @param name its key
     * @param source where its value comes from
     * @param key the value, the name of the variable, or the lower case name of the header
     * @param otherwise value where there is no such variable or header, empty for no attribute
     */
    public record Tag(String name, Source source, String key, String otherwise) {
        /** Checks that nothing is missing. */
        public Tag {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(source, "source");
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(otherwise, "otherwise");
        }
    }

    /** Copies the tags and checks the range. */
    public TracingConfig {
        tags = List.copyOf(tags);
        if (sampledPercent != null && !(sampledPercent >= 0 && sampledPercent <= 100)) {
            throw new IllegalArgumentException("sampledPercent must be 0 to 100: " + sampledPercent);
        }
    }
}
