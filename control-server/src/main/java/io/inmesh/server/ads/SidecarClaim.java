package io.inmesh.server.ads;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.translate.Sidecar;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Reads from a node's metadata what a proxy guards: {@code INMESH_SIDECAR: {folder: /etc/identity, address: 10.0.0.5, ports: {"9080": 8080, "9090": "8090/http2"}}}. */
final class SidecarClaim {
    static final String KEY = "INMESH_SIDECAR";
    private static final Set<String> FIELDS = Set.of("folder", "address", "local", "ports");
    private static final String HTTP2 = "/http2";
    private static final int MAX_PORTS = 50;
    private static final int MAX_PORT = 65_535;
    private static final int MAX_FOLDER_CHARACTERS = 1024;
    private static final Pattern ADDRESS = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9a-fA-F:]*:[0-9a-fA-F:.]*");

    private SidecarClaim() {}

    /**
     * {@return what the node guards; empty if it says nothing of it}
     *
     * @throws ClientNode.Refused if it says so in a way that cannot be understood
     */
    static Optional<Sidecar> read(Struct metadata) throws ClientNode.Refused {
        if (!metadata.containsFields(KEY)) {
            return Optional.empty();
        }
        Map<String, Value> fields =
                metadata.getFieldsOrThrow(KEY).getStructValue().getFieldsMap();
        for (String field : fields.keySet()) {
            if (!FIELDS.contains(field)) {
                throw refused(field, field, "there is no such field; there are folder, address, local and ports");
            }
        }
        String folder =
                fields.getOrDefault("folder", Value.getDefaultInstance()).getStringValue();
        if (!folder.startsWith("/") || folder.length() > MAX_FOLDER_CHARACTERS) {
            throw refused("folder", folder, "say where cert.pem and key.pem are, from / on");
        }
        return Optional.of(new Sidecar(
                folder,
                address(fields, "address", "0.0.0.0"),
                loopback(address(fields, "local", "127.0.0.1")),
                ports(fields)));
    }

    private static String address(Map<String, Value> fields, String field, String fallback) throws ClientNode.Refused {
        String address = fields.containsKey(field) ? fields.get(field).getStringValue() : fallback;
        if (!ADDRESS.matcher(address).matches()) {
            throw refused(field, address, "name an address of the proxy's machine, such as " + fallback);
        }
        return address;
    }

    /** Whoever could call from elsewhere would do so as this workload. */
    private static String loopback(String address) throws ClientNode.Refused {
        if (!address.startsWith("127.") && !address.equals("::1")) {
            throw refused("local", address, "name a loopback address, such as 127.0.0.1");
        }
        return address;
    }

    private static SortedMap<Integer, Sidecar.Application> ports(Map<String, Value> fields) throws ClientNode.Refused {
        SortedMap<Integer, Sidecar.Application> ports = new TreeMap<>();
        for (Map.Entry<String, Value> entry : fields.getOrDefault("ports", Value.getDefaultInstance())
                .getStructValue()
                .getFieldsMap()
                .entrySet()) {
            ports.put(port(entry.getKey()), application(text(entry.getValue())));
        }
        if (ports.size() > MAX_PORTS) {
            throw refused("ports", ports.size() + " ports", "name at most " + MAX_PORTS);
        }
        return ports;
    }

    private static Sidecar.Application application(String text) throws ClientNode.Refused {
        boolean http2 = text.endsWith(HTTP2);
        return new Sidecar.Application(port(http2 ? text.substring(0, text.length() - HTTP2.length()) : text), http2);
    }

    /** Numbers in a Struct are doubles. */
    private static String text(Value value) {
        return value.hasNumberValue() ? Long.toString((long) value.getNumberValue()) : value.getStringValue();
    }

    private static int port(String text) throws ClientNode.Refused {
        if (text.matches("[0-9]{1,5}")) {
            int port = Integer.parseInt(text);
            if (port > 0 && port <= MAX_PORT) {
                return port;
            }
        }
        throw refused(
                "ports",
                text,
                "map the port that callers use to the application's own, as in {\"9080\": 8080} or {\"9080\": \"8080/http2\"}");
    }

    private static ClientNode.Refused refused(String field, String value, String remedy) {
        String shown = value.length() > 100 ? value.substring(0, 100) + "…" : value;
        return new ClientNode.Refused("node metadata " + KEY + "." + field + " cannot be \"" + shown + "\"; " + remedy);
    }
}
