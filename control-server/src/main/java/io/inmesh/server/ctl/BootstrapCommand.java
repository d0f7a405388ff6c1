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
                    "Where discovery is: for gRPC without TLS on loopback, host:port of --xds-plaintext-port; for Envoy host:port of --grpc-port.")
    private String xds = "";

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
                    "With --envoy: a label of the workload, such as app=pay, which rules select by. May be repeated.")
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
            EnvoyBootstrap bootstrap =
                    EnvoyBootstrap.of(id, namespace(), serviceAccount, xds, listen, local, ports, labels, adminPort);
            X509Certificate own = CertificateFiles.issue(api, namespace(), serviceAccount, absolute);
            Path file = bootstrap.write(absolute, own);
            out().println("wrote " + file + "; run Envoy with -c " + file
                    + ", and keep its certificate fresh with meshctl cert issue --keep");
            return ExitCode.OK;
        }
        if (!ports.isEmpty() || !labels.isEmpty()) {
            throw new Failure(ExitCode.USAGE, "--port and --label are for --envoy");
        }
        CertificateFiles.issue(api, namespace(), serviceAccount, absolute);
        Path file = absolute.resolve("bootstrap.json");
        Files.writeString(file, json(forGrpc(id, absolute)));
        out().println("wrote " + file + "; run the client with GRPC_XDS_BOOTSTRAP=" + file);
        return ExitCode.OK;
    }

    private ObjectNode forGrpc(String id, Path files) {
        ObjectNode bootstrap = Api.JSON.createObjectNode();
        ObjectNode server = bootstrap.putArray("xds_servers").addObject().put("server_uri", xds);
        server.putArray("channel_creds").addObject().put("type", "insecure");
        server.putArray("server_features").add("xds_v3");
        ObjectNode node = bootstrap.putObject("node");
        node.put("id", id);
        node.putObject("metadata")
                .put("NAMESPACE", namespace())
                .put("SERVICE_ACCOUNT", serviceAccount)
                .put("GENERATOR", "grpc")
                .put("INSTANCE_IPS", "127.0.0.1");
        ObjectNode provider = bootstrap
                .putObject("certificate_providers")
                .putObject("default")
                .put("plugin_name", "file_watcher");
        provider.putObject("config")
                .put("certificate_file", files.resolve("cert.pem").toString())
                .put("private_key_file", files.resolve("key.pem").toString())
                .put("ca_certificate_file", files.resolve("root.pem").toString())
                .put("refresh_interval", "900s");
        bootstrap.put("server_listener_resource_name_template", "xds.istio.io/grpc/lds/inbound/%s");
        return bootstrap;
    }
}
