package io.inmesh.observe;

import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * How a process takes part in traces.
 *
 * @param spans whose spans there are
 * @param baggageEverywhere whether baggage goes to hosts outside the mesh too; whoever receives it there can read it
 */
public record TraceSettings(Spans spans, boolean baggageEverywhere) {

    /** Whose spans there are, so that no call has two of one kind. */
    public enum Spans {
        /** The mesh's, or those of the OpenTelemetry agent if that is loaded. */
        AUTO,
        /** The mesh's. Where another library has made a span of the same kind already, that one is continued. */
        OWN,
        /** Those of others only, which are told what only the mesh knows. Context is handed on by whoever makes the spans. */
        JOIN
    }

    /** The mesh's own spans unless there is an agent; baggage stays in the mesh. */
    public static final TraceSettings DEFAULT = new TraceSettings(Spans.AUTO, false);

    private static final String AGENT = "io.opentelemetry.javaagent.OpenTelemetryAgent";

    /** Checks that nothing is missing. */
    public TraceSettings {
        Objects.requireNonNull(spans, "spans");
    }

    /**
     * {@return the settings of an environment: {@code INMESH_TRACE_SPANS} ({@code auto}, {@code own}, {@code join}) and {@code
     * INMESH_BAGGAGE} ({@code mesh}, {@code all})}
     *
     * @throws IllegalArgumentException if one is wrong; the message names it and what to write
     */
    public static TraceSettings fromEnvironment(Map<String, String> environment) {
        String spans = environment.getOrDefault("INMESH_TRACE_SPANS", "auto");
        String baggage = environment.getOrDefault("INMESH_BAGGAGE", "mesh");
        if (!baggage.equals("mesh") && !baggage.equals("all")) {
            throw new IllegalArgumentException("INMESH_BAGGAGE must be mesh or all, not \"" + baggage + "\"");
        }
        for (Spans choice : Spans.values()) {
            if (choice.name().toLowerCase(Locale.ROOT).equals(spans)) {
                return new TraceSettings(choice, baggage.equals("all"));
            }
        }
        throw new IllegalArgumentException("INMESH_TRACE_SPANS must be auto, own or join, not \"" + spans + "\"");
    }

    /** {@return whether spans are left to others} */
    boolean joins() {
        return spans == Spans.JOIN || spans == Spans.AUTO && agentLoaded();
    }

    private static boolean agentLoaded() {
        try {
            Class.forName(AGENT, false, ClassLoader.getSystemClassLoader());
            return true;
        } catch (ClassNotFoundException none) {
            return false;
        }
    }
}
