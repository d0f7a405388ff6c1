package io.inmesh;

import io.micrometer.core.instrument.Metrics;
import io.opentelemetry.api.GlobalOpenTelemetry;
import java.util.Map;
import java.util.Properties;

/**
 * What {@link Mesh#join} counts and traces with: what frameworks and agents register for the whole process. Without a registry or an SDK
 * there, nothing is counted or traced.
 */
final class GlobalTelemetry {

    private static final String SETTING = "INMESH_TELEMETRY";

    /** OpenTelemetry's own switch, by which the first who asks for the SDK has it made from {@code OTEL_*} settings. */
    private static final String AUTOCONFIGURE = "OTEL_JAVA_GLOBAL_AUTOCONFIGURE_ENABLED";

    private static final String AUTOCONFIGURE_PROPERTY = "otel.java.global-autoconfigure.enabled";

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
        if (openTelemetryIsSet() || autoconfigures(environment, System.getProperties())) {
            builder.openTelemetry(GlobalOpenTelemetry.get());
        }
    }

    /**
     * {@return whether an SDK is to be made when somebody asks for it} The property goes before the variable, as in OpenTelemetry.
     *
     * @param properties the system's
     */
    static boolean autoconfigures(Map<String, String> environment, Properties properties) {
        String wanted =
                properties.getProperty(AUTOCONFIGURE_PROPERTY, environment.getOrDefault(AUTOCONFIGURE, "false"));
        return wanted.equalsIgnoreCase("true");
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
