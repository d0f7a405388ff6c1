package io.inmesh.client;

import io.inmesh.match.AddressLiteral;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a process joins its mesh. Made from the environment, or in code by {@link ControlClient#builder()}.
 *
 * @param servers control servers as {@code host:port}; one is taken by chance, the next if it fails ({@code INMESH_CONTROL},
 *     commas between them)
 * @param service the service this process belongs to ({@code INMESH_SERVICE})
 * @param namespace its namespace, default {@code default} ({@code INMESH_NAMESPACE})
 * @param labels its labels; {@code app} defaults to the service ({@code INMESH_LABELS}, {@code a=b,c=d})
 * @param tokenFile file with a join token, or with a token of Kubernetes or another issuer that the control server knows; read
 *     anew at each use; null without ({@code INMESH_TOKEN_FILE})
 * @param caFile file with the mesh's roots in PEM, needed if the token is none of the mesh's own, which names its root ({@code
 *     INMESH_CA_FILE})
 * @param stateDir folder for the last good state and the identity, null to keep nothing on disk ({@code INMESH_STATE_DIR})
 * @param address IP address that callers dial, or a host name, by which only services with {@code resolution: DNS} are called; null for the one this machine would reach the control server from ({@code
 *     INMESH_ADDRESS})
 * @param locality {@code region/zone/subzone}, empty if unknown ({@code INMESH_LOCALITY})
 * @param stateOfTheWorld whether to use state-of-the-world xDS instead of incremental ({@code INMESH_XDS_MODE}: {@code delta},
 *     {@code sotw})
 * @param keepIdentity whether key and certificate are kept in the state folder, so that a process that is restarted without
 *     control server can go on with mutual TLS ({@code INMESH_STATE_IDENTITY}: {@code on}, {@code off} to keep them in memory
 *     only)
 * @param plaintext whether to speak plaintext to control servers on this machine, without identity and registration ({@code
 *     INMESH_XDS_PLAINTEXT}: {@code off}, {@code on})
 * @param endpointsOnDemand whether the endpoints of a cluster are asked for when the first call goes there, which waits for them, rather
 *     than all in advance ({@code INMESH_XDS_ENDPOINTS}: {@code all}, {@code on-demand})
 */
public record ControlClientSettings(
        List<String> servers,
        String service,
        String namespace,
        Map<String, String> labels,
        @Nullable Path tokenFile,
        @Nullable Path caFile,
        @Nullable Path stateDir,
        @Nullable String address,
        String locality,
        boolean stateOfTheWorld,
        boolean keepIdentity,
        boolean plaintext,
        boolean endpointsOnDemand) {

    /** Places may be missing from the end, as where zones are not known, but not before one that is there. */
    private static final Pattern LOCALITY = Pattern.compile("[^/]+(/{0,2}|/[^/]+/?|/[^/]+/[^/]+)");

    /** What a template makes of places that are not known. */
    private static final Pattern UNKNOWN_LOCALITY = Pattern.compile("/{0,2}");

    private static final int LONGEST_NAME = 253;

    /**
     * Copies the collections and checks what can be checked without looking at files.
     *
     * @throws IllegalArgumentException if something is missing or wrong; the message names the setting and what to write
     */
    public ControlClientSettings {
        servers = List.copyOf(servers);
        labels = Map.copyOf(labels);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("INMESH_CONTROL names no control server; set it to host:port");
        }
        for (String server : servers) {
            ServerAddress parsed = address("INMESH_CONTROL", server);
            if (plaintext && !parsed.loopback()) {
                throw new IllegalArgumentException("INMESH_XDS_PLAINTEXT is on, but the control server " + server
                        + " is not on this machine; use TLS (off), or a server on loopback");
            }
        }
        name("INMESH_SERVICE", service);
        name("INMESH_NAMESPACE", namespace);
        if (address != null && !bareAddress(address) && !hostName(address)) {
            throw new IllegalArgumentException("INMESH_ADDRESS \"" + address
                    + "\" is no IP address, nor a host name; write the one that callers dial, without a port, or leave it out to"
                    + " have it found");
        }
        if (!UNKNOWN_LOCALITY.matcher(locality).matches()
                && !LOCALITY.matcher(locality).matches()) {
            throw new IllegalArgumentException("INMESH_LOCALITY \"" + locality
                    + "\" is none; write region, region/zone or region/zone/subzone, e.g. eu-west/a");
        }
    }

    private static ServerAddress address(String setting, String text) {
        try {
            return ServerAddress.parse(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(setting + ": " + e.getMessage(), e);
        }
    }

    /** {@return whether a text is an IP address without a port, in the only form that others are told} */
    private static boolean bareAddress(String text) {
        boolean port = text.startsWith("[") || text.indexOf('.') >= 0 && text.matches("[^:]*:[^:]*");
        return !port && AddressLiteral.parse(text) != null;
    }

    /** {@return whether the address is a name, which most callers cannot be told} */
    boolean addressIsName() {
        return address != null && !bareAddress(address);
    }

    private static boolean hostName(String text) {
        return text.length() <= LONGEST_NAME
                && text.matches("[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")
                && !text.matches("[0-9.]+");
    }

    private static void name(String setting, String value) {
        if (!value.matches("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")) {
            throw new IllegalArgumentException(setting + " \"" + value
                    + "\" is not a name; use up to 63 of a-z, 0-9 and -, with no - at either end (RFC 1123)");
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
                list(control),
                service,
                environment.getOrDefault("INMESH_NAMESPACE", "default"),
                labels(environment.getOrDefault("INMESH_LABELS", ""), service),
                path(environment, "INMESH_TOKEN_FILE"),
                path(environment, "INMESH_CA_FILE"),
                path(environment, "INMESH_STATE_DIR"),
                optional(environment, "INMESH_ADDRESS"),
                environment.getOrDefault("INMESH_LOCALITY", ""),
                oneOf(environment, "INMESH_XDS_MODE", "delta", "sotw").equals("sotw"),
                oneOf(environment, "INMESH_STATE_IDENTITY", "on", "off").equals("on"),
                oneOf(environment, "INMESH_XDS_PLAINTEXT", "off", "on").equals("on"),
                oneOf(environment, "INMESH_XDS_ENDPOINTS", "all", "on-demand").equals("on-demand"));
    }

    private static List<String> list(String text) {
        List<String> parts = new ArrayList<>();
        for (String part : text.split(",")) {
            if (!part.isBlank()) {
                parts.add(part.strip());
            }
        }
        return parts;
    }

    private static String required(Map<String, String> environment, String name, String meaning) {
        String value = optional(environment, name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is not set; set it to " + meaning);
        }
        return value;
    }

    private static @Nullable String optional(Map<String, String> environment, String name) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static @Nullable Path path(Map<String, String> environment, String name) {
        String value = optional(environment, name);
        return value == null ? null : Path.of(value);
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
        for (String part : list(text)) {
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
