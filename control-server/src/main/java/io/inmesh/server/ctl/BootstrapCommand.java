package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "bootstrap",
        description =
                "Writes what a stock gRPC xDS client or an Envoy needs: certificate files, and bootstrap.json or envoy.json.")
final class BootstrapCommand extends MeshCommand {

    @Option(
            names = {"--service-account", "--sa"},
            required = true,
            description = "Service account the client runs as.")
    private String serviceAccount = "";

    @Option(names = "--out", required = true, description = "Folder for the files.")
    private Path folder = Path.of(".");

    @Option(
            names = "--xds",
            required = true,
            description =
                    "Where discovery is: for Envoy and gRPC with --tls host:port of --grpc-port; for other gRPC that of --xds-plaintext-port.")
    private String xds = "";

    @Option(
            names = "--tls",
            description =
                    "Discovery of gRPC by mutual TLS. C++, Python, Ruby and Go can do that; gRPC-Java cannot and asks without TLS on loopback.")
    private boolean tls;

    @Option(names = "--envoy", description = "For an Envoy in front of an application, instead of a gRPC client.")
    private boolean envoy;

    @Option(
            names = "--port",
            description =
                    "With --envoy: the port that callers use and the application's own on loopback, such as 9080:8080, or 9090:8090/http2 for gRPC. May be repeated.")
    private List<String> ports = new ArrayList<>();

    @Option(
            names = "--listen",
            defaultValue = "0.0.0.0",
            description = "With --envoy: the address that callers use. Default: ${DEFAULT-VALUE}")
    private String listen = "0.0.0.0";

    @Option(
            names = "--local",
            defaultValue = "127.0.0.1",
            description =
                    "With --envoy: the loopback address at which the application calls services, each on its port. Default: ${DEFAULT-VALUE}")
    private String local = "127.0.0.1";

    @Option(
            names = "--label",
            description =
                    "A label of the workload, such as app=pay, which rules select by; servers need those of their policies. May be repeated.")
    private List<String> labels = new ArrayList<>();

    @Option(
            names = "--admin-port",
            defaultValue = "0",
            description = "With --envoy: port of its administration on loopback. Default: none")
    private int adminPort;

    @Override
    int run(Api api) throws Failure, IOException {
        Path absolute = folder.toAbsolutePath().normalize();
        String id = "sidecar~127.0.0.1~" + serviceAccount + "-"
                + UUID.randomUUID().toString().substring(0, 8) + "." + namespace() + "~" + namespace()
                + ".svc.cluster.local";
        if (envoy) {
            if (tls) {
                throw new Failure(ExitCode.USAGE, "--tls is for gRPC; Envoy always asks by mutual TLS");
            }
            EnvoyBootstrap bootstrap =
                    EnvoyBootstrap.of(id, namespace(), serviceAccount, xds, listen, local, ports, labels, adminPort);
            X509Certificate own = CertificateFiles.issue(api, namespace(), serviceAccount, absolute);
            Path file = bootstrap.write(absolute, own);
            out().println("wrote " + file + "; run Envoy with -c " + file
                    + ", and keep its certificate fresh with meshctl cert issue --keep");
            return ExitCode.OK;
        }
        if (!ports.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "--port is for --envoy");
        }
        ObjectNode bootstrap = forGrpc(id, absolute);
        CertificateFiles.issue(api, namespace(), serviceAccount, absolute);
        Path file = absolute.resolve("bootstrap.json");
        Files.writeString(file, json(bootstrap));
        out().println("wrote " + file + "; run the client with GRPC_XDS_BOOTSTRAP=" + file);
        return ExitCode.OK;
    }

    private ObjectNode forGrpc(String id, Path files) throws Failure {
        ObjectNode bootstrap = Api.JSON.createObjectNode();
        ObjectNode server = bootstrap.putArray("xds_servers").addObject().put("server_uri", xds);
        ObjectNode credentials = server.putArray("channel_creds").addObject().put("type", tls ? "tls" : "insecure");
        if (tls) {
            credentials.set("config", certificates(files));
        }
        server.putArray("server_features").add("xds_v3");
        ObjectNode node = bootstrap.putObject("node");
        node.put("id", id);
        ObjectNode metadata = node.putObject("metadata")
                .put("NAMESPACE", namespace())
                .put("SERVICE_ACCOUNT", serviceAccount)
                .put("GENERATOR", "grpc")
                .put("INSTANCE_IPS", "127.0.0.1");
        metadata.set("LABELS", EnvoyBootstrap.labels(labels));
        ObjectNode provider = bootstrap
                .putObject("certificate_providers")
                .putObject("default")
                .put("plugin_name", "file_watcher");
        provider.set("config", certificates(files));
        bootstrap.put("server_listener_resource_name_template", "xds.istio.io/grpc/lds/inbound/%s");
        return bootstrap;
    }

    private static ObjectNode certificates(Path files) {
        return Api.JSON
                .createObjectNode()
                .put("certificate_file", files.resolve("cert.pem").toString())
                .put("private_key_file", files.resolve("key.pem").toString())
                .put("ca_certificate_file", files.resolve("root.pem").toString())
                .put("refresh_interval", "900s");
    }
}
