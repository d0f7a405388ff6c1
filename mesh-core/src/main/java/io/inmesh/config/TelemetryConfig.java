package io.inmesh.config;

import java.util.Objects;

/**
 * What is told about calls. Source: Istio {@code Telemetry}.
 *
 * @param client about calls that leave this process
 * @param server about requests that come in
 */
public record TelemetryConfig(Side client, Side server) {

    /**
     * What is told about one side of calls.
     *
     * @param metrics Istio's metrics; those of OpenTelemetry and the mesh's own are always as they are
     * @param tracing spans
     * @param accessLog lines of the access log
     */
    public record Side(MetricsConfig metrics, TracingConfig tracing, AccessLogConfig accessLog) {
        /** As the settings of the process say. */
        public static final Side STANDARD =
                new Side(MetricsConfig.STANDARD, TracingConfig.STANDARD, AccessLogConfig.UNSET);

        /** Checks that nothing is missing. */
        public Side {
            Objects.requireNonNull(metrics, "metrics");
            Objects.requireNonNull(tracing, "tracing");
            Objects.requireNonNull(accessLog, "accessLog");
        }
    }

    /** As the settings of the process say. */
    public static final TelemetryConfig STANDARD = new TelemetryConfig(Side.STANDARD, Side.STANDARD);

    /** Checks that nothing is missing. */
    public TelemetryConfig {
        Objects.requireNonNull(client, "client");
        Objects.requireNonNull(server, "server");
    }
}
