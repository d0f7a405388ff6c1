package io.inmesh.observe;

import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * What this process writes into its access log, a line of JSON per request, to the SLF4J logger {@value #LOGGER} at level INFO. A {@code
 * Telemetry} resource can switch it on and off for whole workloads.
 *
 * @param requests which requests are logged while no resource says otherwise
 * @param format names of the fields
 * @param samplePercent share of the requests that went well to log, 0 to 100; those that did not are all logged
 * @param headers lower case names of request headers to log beside the usual ones
 * @param query whether the query is logged; it is where secrets hide
 */
public record AccessLogSettings(
        Requests requests, Format format, double samplePercent, Set<String> headers, boolean query) {

    /** Name of the logger. */
    public static final String LOGGER = "inmesh.access";

    /** Which requests are logged. */
    public enum Requests {
        /** None. */
        OFF,
        /** Those that come in. */
        INBOUND,
        /** Those, and calls that leave. */
        ALL
    }

    /** Names of the fields. */
    public enum Format {
        /** Those of Envoy's and Istio's default JSON format. */
        ENVOY,
        /** Those of the Elastic Common Schema. */
        ECS
    }

    /** Nothing unless a resource wants it; then all of it, with Envoy's names. */
    public static final AccessLogSettings DEFAULT =
            new AccessLogSettings(Requests.OFF, Format.ENVOY, 100, Set.of(), false);

    /** Copies the set and checks the range. */
    public AccessLogSettings {
        Objects.requireNonNull(requests, "requests");
        Objects.requireNonNull(format, "format");
        headers = Set.copyOf(headers);
        if (!(samplePercent >= 0 && samplePercent <= 100)) {
            throw new IllegalArgumentException("INMESH_ACCESS_LOG_SAMPLE must be 0 to 100: " + samplePercent);
        }
        for (String header : headers) {
            if (SecretHeaders.contains(header)) {
                throw new IllegalArgumentException(
                        "INMESH_ACCESS_LOG_HEADERS names \"" + header + "\", which holds secrets; leave it out");
            }
        }
    }

    /**
     * {@return the settings of an environment: {@code INMESH_ACCESS_LOG} ({@code off}, {@code inbound}, {@code all}), {@code
     * INMESH_ACCESS_LOG_FORMAT} ({@code envoy}, {@code ecs}), {@code INMESH_ACCESS_LOG_SAMPLE} (percent), {@code
     * INMESH_ACCESS_LOG_HEADERS} (names with commas between them) and {@code INMESH_ACCESS_LOG_QUERY} ({@code off}, {@code on})}
     *
     * @throws IllegalArgumentException if one is wrong; the message names it and what to write
     */
    public static AccessLogSettings fromEnvironment(Map<String, String> environment) {
        return new AccessLogSettings(
                choice(Requests.class, environment, "INMESH_ACCESS_LOG", Requests.OFF),
                choice(Format.class, environment, "INMESH_ACCESS_LOG_FORMAT", Format.ENVOY),
                percent(environment.getOrDefault("INMESH_ACCESS_LOG_SAMPLE", "100")),
                names(environment.getOrDefault("INMESH_ACCESS_LOG_HEADERS", "")),
                choice(Switch.class, environment, "INMESH_ACCESS_LOG_QUERY", Switch.OFF) == Switch.ON);
    }

    private enum Switch {
        OFF,
        ON
    }

    private static <E extends Enum<E>> E choice(Class<E> type, Map<String, String> environment, String name, E normal) {
        String value = environment.getOrDefault(name, normal.name().toLowerCase(Locale.ROOT));
        StringBuilder choices = new StringBuilder();
        for (E choice : type.getEnumConstants()) {
            String text = choice.name().toLowerCase(Locale.ROOT);
            if (text.equals(value)) {
                return choice;
            }
            choices.append(choices.isEmpty() ? "" : ", ").append(text);
        }
        throw new IllegalArgumentException(name + " must be one of " + choices + ", not \"" + value + "\"");
    }

    private static double percent(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("INMESH_ACCESS_LOG_SAMPLE must be 0 to 100, not \"" + text + "\"", e);
        }
    }

    private static Set<String> names(String text) {
        Set<String> names = new LinkedHashSet<>();
        for (String name : text.split(",")) {
            if (!name.isBlank()) {
                names.add(name.strip().toLowerCase(Locale.ROOT));
            }
        }
        return names;
    }
}
