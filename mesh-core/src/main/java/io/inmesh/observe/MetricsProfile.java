package io.inmesh.observe;

import java.util.Locale;

/** Under whose names the duration of calls is kept. What only a mesh knows has the same names in all of them. */
public enum MetricsProfile {
    /** {@code http.client.request.duration} and so on, by the OpenTelemetry conventions. */
    OTEL,
    /** {@code istio_requests_total} and so on, as Istio's dashboards want them. */
    ISTIO,
    /** Both, at the cost of both. */
    BOTH;

    /**
     * {@return the profile of a name}
     *
     * @param name as in {@code INMESH_METRICS}: {@code otel}, {@code istio} or {@code both}
     * @throws IllegalArgumentException if it is none
     */
    public static MetricsProfile of(String name) {
        for (MetricsProfile profile : values()) {
            if (profile.name().toLowerCase(Locale.ROOT).equals(name)) {
                return profile;
            }
        }
        throw new IllegalArgumentException("INMESH_METRICS must be otel, istio or both, not \"" + name + "\"");
    }

    boolean openTelemetry() {
        return this != ISTIO;
    }

    boolean istio() {
        return this != OTEL;
    }
}
