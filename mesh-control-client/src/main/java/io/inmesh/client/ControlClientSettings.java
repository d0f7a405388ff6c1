package io.inmesh.client;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a process joins its mesh.
 *
 * @param servers control servers as {@code host:port}, tried in a random order ({@code INMESH_CONTROL})
 * @param service the service this process belongs to ({@code INMESH_SERVICE})
 * @param namespace its namespace, default {@code default} ({@code INMESH_NAMESPACE})
 * @param labels its labels; {@code app} defaults to the service ({@code INMESH_LABELS}, {@code a=b,c=d})
 * @param tokenFile file with the join token, null without ({@code INMESH_TOKEN_FILE})
 * @param stateDir folder for the last good state and the identity, null to keep nothing on disk ({@code INMESH_STATE_DIR})
 * @param address address that callers dial, null to find one ({@code INMESH_ADDRESS})
 * @param locality {@code region/zone/subzone}, empty if unknown ({@code INMESH_LOCALITY})
 * @param stateOfTheWorld whether to use state-of-the-world xDS instead of incremental ({@code INMESH_XDS_MODE=sotw})
 * @param keepIdentity whether key and certificate are kept in the state folder, so that a restart without control server can
 *     serve strict mTLS ({@code INMESH_STATE_IDENTITY=off} to keep them in memory only)
 * @param plaintext whether to speak plaintext to the control server; loopback servers only ({@code INMESH_XDS_PLAINTEXT=on})
 */
public record ControlClientSettings(
        List<String> servers,
        String service,
        String namespace,
        Map<String, String> labels,
        @Nullable Path tokenFile,
        @Nullable Path stateDir,
        @Nullable String address,
        String locality,
        boolean stateOfTheWorld,
        boolean keepIdentity,
        boolean plaintext) {

    /** Copies the collections. */
    public ControlClientSettings {
        servers = List.copyOf(servers);
        labels = Map.copyOf(labels);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("INMESH_CONTROL names no control server; set it to host:port");
        }
    }

    /**
     * {@return settings from an environment}
     *
     * @throws IllegalArgumentException if one is missing or wrong; the message names it and what to write
     */
    public static ControlClientSettings fromEnvironment(Map<String, String> environment) {
        String control =
                required(environment, "INMESH_CONTROL", "the control server as host:port, e.g. localhost:15012");
        String service = required(environment, "INMESH_SERVICE", "the name of the service this process belongs to");
        return new ControlClientSettings(
                List.of(control.split("\\s*,\\s*")),
                service,
                environment.getOrDefault("INMESH_NAMESPACE", "default"),
                labels(environment.getOrDefault("INMESH_LABELS", ""), service),
                path(environment, "INMESH_TOKEN_FILE"),
                path(environment, "INMESH_STATE_DIR"),
                environment.get("INMESH_ADDRESS"),
                environment.getOrDefault("INMESH_LOCALITY", ""),
                oneOf(environment, "INMESH_XDS_MODE", "delta", "sotw").equals("sotw"),
                oneOf(environment, "INMESH_STATE_IDENTITY", "on", "off").equals("on"),
                oneOf(environment, "INMESH_XDS_PLAINTEXT", "off", "on").equals("on"));
    }

    private static String required(Map<String, String> environment, String name, String meaning) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(name + " is not set; set it to " + meaning);
        }
        return value.strip();
    }

    private static @Nullable Path path(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : Path.of(value);
    }

    private static String oneOf(Map<String, String> environment, String name, String normal, String other) {
        String value = environment.getOrDefault(name, normal);
        if (!value.equals(normal) && !value.equals(other)) {
            throw new IllegalArgumentException(
                    name + " must be " + normal + " or " + other + ", not \"" + value + "\"");
        }
        return value;
    }

    private static Map<String, String> labels(String text, String service) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("app", service);
        for (String part : text.split(",")) {
            if (part.isBlank()) {
                continue;
            }
            int equals = part.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException(
                        "INMESH_LABELS must be name=value pairs with commas between them; \"" + part + "\" is none");
            }
            labels.put(
                    part.substring(0, equals).strip(),
                    part.substring(equals + 1).strip());
        }
        return labels;
    }
}
