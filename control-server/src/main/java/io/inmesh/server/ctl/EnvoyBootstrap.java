package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.ServerCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The start of an Envoy in front of an application: who it is, and how it gets everything else over mutual TLS from the control server.
 * Certificates are named in files of their own that Envoy reads again when they are replaced (its SDS over files).
 */
final class EnvoyBootstrap {

    private static final String TYPES = "type.googleapis.com/envoy.extensions.";
    private static final String SECRET = TYPES + "transport_sockets.tls.v3.Secret";
    private static final String XDS = "inmesh";
    private static final int MAX_PORT = 65_535;

    private final ObjectNode node;
    private final HostAndPort xds;
    private final int adminPort;
    private final ObjectNode sidecar;

    private record HostAndPort(String host, int port) {}

    private EnvoyBootstrap(ObjectNode node, ObjectNode sidecar, HostAndPort xds, int adminPort) {
        this.node = node;
        this.sidecar = sidecar;
        this.xds = xds;
        this.adminPort = adminPort;
    }

    /**
     * Reads the options.
     *
     * @throws Failure if one of them cannot be understood
     */
    static EnvoyBootstrap of(
            String id,
            String namespace,
            String serviceAccount,
            String xds,
            String listen,
            String local,
            List<String> ports,
            List<String> labels,
            int adminPort)
            throws Failure {
        ObjectNode node = Api.JSON.createObjectNode().put("id", id).put("cluster", serviceAccount);
        ObjectNode metadata =
                node.putObject("metadata").put("NAMESPACE", namespace).put("SERVICE_ACCOUNT", serviceAccount);
        metadata.set("LABELS", labels(labels));
        ObjectNode sidecar =
                metadata.putObject("INMESH_SIDECAR").put("address", listen).put("local", local);
        ObjectNode guarded = sidecar.putObject("ports");
        for (Map.Entry<Integer, String> port : ports(ports).entrySet()) {
            guarded.put(port.getKey().toString(), port.getValue());
        }
        return new EnvoyBootstrap(node, sidecar, hostAndPort(xds), adminPort);
    }

    /** {@return labels as nodes tell them, from texts such as {@code app=pay}} */
    static ObjectNode labels(List<String> labels) throws Failure {
        ObjectNode own = Api.JSON.createObjectNode();
        for (String label : labels) {
            String[] parts = label.split("=", 2);
            if (parts.length < 2 || parts[0].isEmpty()) {
                throw new Failure(ExitCode.USAGE, "--label is a name and a value, such as app=pay, not " + label);
            }
            own.put(parts[0], parts[1]);
        }
        return own;
    }

    /** {@return the file for Envoy, written to the folder beside its certificate} */
    Path write(Path folder, X509Certificate own) throws IOException {
        sidecar.put("folder", folder.toString());
        Files.writeString(folder.resolve("identity.json"), text(identity(folder)));
        Files.writeString(folder.resolve("roots.json"), text(roots(folder)));
        ObjectNode bootstrap = Api.JSON.createObjectNode();
        bootstrap.set("node", node);
        if (adminPort > 0) {
            address(bootstrap.putObject("admin").putObject("address"), "127.0.0.1", adminPort);
        }
        ObjectNode dynamic = bootstrap.putObject("dynamic_resources");
        dynamic.putObject("ads_config")
                .put("api_type", "DELTA_GRPC")
                .put("transport_api_version", "V3")
                .putArray("grpc_services")
                .addObject()
                .putObject("envoy_grpc")
                .put("cluster_name", XDS);
        for (String type : List.of("cds_config", "lds_config")) {
            ObjectNode source = dynamic.putObject(type).put("resource_api_version", "V3");
            source.putObject("ads");
        }
        bootstrap.putObject("static_resources").putArray("clusters").add(controlServer(folder, trustDomain(own)));
        Path file = folder.resolve("envoy.json");
        Files.writeString(file, text(bootstrap));
        return file;
    }

    private ObjectNode controlServer(Path folder, String trustDomain) {
        ObjectNode cluster = Api.JSON
                .createObjectNode()
                .put("name", XDS)
                .put("type", "STRICT_DNS")
                .put("dns_lookup_family", "ALL");
        ObjectNode options = cluster.putObject("typed_extension_protocol_options")
                .putObject("envoy.extensions.upstreams.http.v3.HttpProtocolOptions")
                .put("@type", TYPES + "upstreams.http.v3.HttpProtocolOptions");
        ObjectNode http2 = options.putObject("explicit_http_config").putObject("http2_protocol_options");
        // Without it a control server that vanishes without a word is missed after the operating system's two hours.
        http2.putObject("connection_keepalive").put("interval", "30s").put("timeout", "10s");
        ObjectNode assignment = cluster.putObject("load_assignment").put("cluster_name", XDS);
        address(
                assignment
                        .putArray("endpoints")
                        .addObject()
                        .putArray("lb_endpoints")
                        .addObject()
                        .putObject("endpoint")
                        .putObject("address"),
                xds.host(),
                xds.port());
        ObjectNode tls = cluster.putObject("transport_socket").put("name", "envoy.transport_sockets.tls");
        ObjectNode common = tls.putObject("typed_config")
                .put("@type", TYPES + "transport_sockets.tls.v3.UpstreamTlsContext")
                .putObject("common_tls_context");
        common.putObject("tls_params")
                .put("tls_minimum_protocol_version", "TLSv1_3")
                .put("tls_maximum_protocol_version", "TLSv1_3");
        secret(common.putArray("tls_certificate_sds_secret_configs").addObject(), "default", folder, "identity.json");
        ObjectNode validation = common.putObject("combined_validation_context");
        validation
                .putObject("default_validation_context")
                .putArray("match_typed_subject_alt_names")
                .addObject()
                .put("san_type", "URI")
                .putObject("matcher")
                .put(
                        "exact",
                        "spiffe://" + trustDomain + "/ns/" + ServerCertificate.NAMESPACE + "/sa/"
                                + ServerCertificate.SERVICE_ACCOUNT);
        secret(validation.putObject("validation_context_sds_secret_config"), "roots", folder, "roots.json");
        return cluster;
    }

    private static void secret(ObjectNode config, String name, Path folder, String file) {
        config.put("name", name);
        config.putObject("sds_config")
                .put("resource_api_version", "V3")
                .putObject("path_config_source")
                .put("path", folder.resolve(file).toString());
    }

    private static ObjectNode identity(Path folder) {
        ObjectNode file = Api.JSON.createObjectNode();
        ObjectNode certificate = file.putArray("resources")
                .addObject()
                .put("@type", SECRET)
                .put("name", "default")
                .putObject("tls_certificate");
        certificate
                .putObject("certificate_chain")
                .put("filename", folder.resolve("cert.pem").toString());
        certificate
                .putObject("private_key")
                .put("filename", folder.resolve("key.pem").toString());
        certificate.putObject("watched_directory").put("path", folder.toString());
        return file;
    }

    private static ObjectNode roots(Path folder) {
        ObjectNode file = Api.JSON.createObjectNode();
        ObjectNode context = file.putArray("resources")
                .addObject()
                .put("@type", SECRET)
                .put("name", "roots")
                .putObject("validation_context");
        context.putObject("trusted_ca")
                .put("filename", folder.resolve("root.pem").toString());
        context.putObject("watched_directory").put("path", folder.toString());
        return file;
    }

    private static void address(ObjectNode address, String host, int port) {
        address.putObject("socket_address").put("address", host).put("port_value", port);
    }

    private static Map<Integer, String> ports(List<String> given) throws Failure {
        Map<Integer, String> ports = new TreeMap<>();
        for (String pair : given) {
            String[] parts = pair.split(":", -1);
            if (parts.length != 2 || port(parts[0]) < 0 || port(parts[1].replaceFirst("/http2$", "")) < 0) {
                throw new Failure(
                        ExitCode.USAGE,
                        "--port is the port that callers use and the application's own, such as 9080:8080 or 9090:8090/http2, not "
                                + pair);
            }
            ports.put(port(parts[0]), parts[1]);
        }
        return ports;
    }

    private static HostAndPort hostAndPort(String text) throws Failure {
        int colon = text.lastIndexOf(':');
        String host = colon < 0 ? "" : text.substring(0, colon).replaceAll("^\\[|]$", "");
        int port = port(text.substring(colon + 1));
        if (host.isEmpty() || port < 0) {
            throw new Failure(ExitCode.USAGE, "--xds is a host and a port, such as mesh.example:15012, not " + text);
        }
        return new HostAndPort(host, port);
    }

    private static int port(String text) {
        int port = text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
        return port > 0 && port <= MAX_PORT ? port : -1;
    }

    private static String trustDomain(X509Certificate own) throws IOException {
        try {
            for (List<?> name : own.getSubjectAlternativeNames()) {
                String text = String.valueOf(name.get(1));
                if (text.startsWith("spiffe://")) {
                    return URI.create(text).getAuthority();
                }
            }
        } catch (CertificateParsingException e) {
            throw new IOException("the certificate cannot be read: " + e.getMessage(), e);
        }
        throw new IOException("the certificate names no SPIFFE identity");
    }

    private static String text(ObjectNode content) throws IOException {
        return Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content);
    }
}
