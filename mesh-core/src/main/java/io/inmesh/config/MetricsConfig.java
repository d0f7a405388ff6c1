package io.inmesh.config;

import java.util.EnumMap;
import java.util.Map;

/**
 * Which of Istio's metrics are kept on one side of calls, and with which tags. Source: Istio {@code Telemetry}, {@code
 * metrics[].overrides}.
 *
 * @param overrides what differs from the standard, by metric
 */
public record MetricsConfig(Map<Metric, Override> overrides) {

    /** A metric of Istio's that this mesh keeps. */
    public enum Metric {
        /** {@code istio_requests_total}. */
        REQUEST_COUNT,
        /** {@code istio_request_duration_milliseconds}. */
        REQUEST_DURATION,
        /** {@code istio_request_bytes}. */
        REQUEST_SIZE,
        /** {@code istio_response_bytes}. */
        RESPONSE_SIZE,
        /** {@code istio_request_messages_total}. */
        GRPC_REQUEST_MESSAGES,
        /** {@code istio_response_messages_total}. */
        GRPC_RESPONSE_MESSAGES
    }

    /**
     * What differs about one metric.
     *
     * @param disabled whether it is not kept
     * @param tags values of tags, new or in place of the standard ones; an empty one removes its tag
     */
    public record Override(boolean disabled, Map<String, String> tags) {
        /** Nothing. */
        public static final Override NONE = new Override(false, Map.of());

        /** Copies the tags. */
        public Override {
            tags = Map.copyOf(tags);
        }
    }

    /** Every metric as Istio has it. */
    public static final MetricsConfig STANDARD = new MetricsConfig(Map.of());

    /** Copies the overrides. */
    public MetricsConfig {
        overrides = Map.copyOf(overrides);
    }

    /** {@return what differs about a metric} */
    public Override of(Metric metric) {
        return overrides.getOrDefault(metric, Override.NONE);
    }

    /** {@return this, with something else about one metric} */
    public MetricsConfig with(Metric metric, Override override) {
        Map<Metric, Override> all = new EnumMap<>(Metric.class);
        all.putAll(overrides);
        all.put(metric, override);
        return new MetricsConfig(all);
    }
}
