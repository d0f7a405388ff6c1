package io.inmesh.config;

import java.util.List;
import java.util.Objects;

/**
 * Which requests of one side are logged. Source: Istio {@code Telemetry}, {@code accessLogging[]}; Envoy {@code AccessLog}.
 *
 * @param mode whether any are
 * @param filters conditions of which one has to hold; none for every request
 */
public record AccessLogConfig(Mode mode, List<LogFilter> filters) {

    /** Who decides whether requests are logged. */
    public enum Mode {
        /** The settings of the process. */
        UNSET,
        /** The mesh: they are. */
        ON,
        /** The mesh: they are not. */
        OFF
    }

    /** As the settings of the process say. */
    public static final AccessLogConfig UNSET = new AccessLogConfig(Mode.UNSET, List.of());

    /** Copies the filters. */
    public AccessLogConfig {
        Objects.requireNonNull(mode, "mode");
        filters = List.copyOf(filters);
    }
}
