package io.inmesh;

import io.micrometer.core.instrument.Metrics;
import io.opentelemetry.api.GlobalOpenTelemetry;
import java.util.Map;

/**
 * What {@link Mesh#join} counts and traces with: what frameworks and agents register for the whole process. Without a registry or an SDK
 * there, nothing is counted or traced.
 */
final class GlobalTelemetry {

    private static final String SETTING = "INMESH_TELEMETRY";

    private GlobalTelemetry() {}

    /**
     * Sets it, unless {@code INMESH_TELEMETRY} is {@code off}.
     *
     * @throws IllegalArgumentException if the setting is neither {@code global} nor {@code off}
     */
    static void addTo(MeshBuilder builder, Map<String, String> environment) {
        String setting = environment.getOrDefault(SETTING, "global");
        if (setting.equals("off")) {
            return;
        }
        if (!setting.equals("global")) {
            throw new IllegalArgumentException(SETTING + " must be global or off, not \"" + setting + "\"");
        }
        builder.meterRegistry(Metrics.globalRegistry);
        if (openTelemetryIsSet()) {
            builder.openTelemetry(GlobalOpenTelemetry.get());
        }
    }

    /** Asking an instance that is not there would put an idle one in the place of one that comes later. */
    private static boolean openTelemetryIsSet() {
        try {
            return GlobalOpenTelemetry.isSet();
        } catch (LinkageError olderRelease) {
            return false;
        }
    }
}
