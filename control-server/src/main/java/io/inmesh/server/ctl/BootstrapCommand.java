package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "bootstrap",
        description = "Writes what a stock gRPC xDS client needs: certificate files and bootstrap.json.")
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
            description = "Discovery without TLS on loopback: host:port of --xds-plaintext-port.")
    private String xds = "";

    @Override
    int run(Api api) throws Failure, IOException {
        Path absolute = folder.toAbsolutePath();
        CertificateFiles.issue(api, namespace(), serviceAccount, absolute);
        ObjectNode bootstrap = Api.JSON.createObjectNode();
        ObjectNode server = bootstrap.putArray("xds_servers").addObject().put("server_uri", xds);
        server.putArray("channel_creds").addObject().put("type", "insecure");
        server.putArray("server_features").add("xds_v3");
        ObjectNode node = bootstrap.putObject("node");
        node.put(
                "id",
                "sidecar~127.0.0.1~" + serviceAccount + "-"
                        + UUID.randomUUID().toString().substring(0, 8) + "." + namespace() + "~" + namespace()
                        + ".svc.cluster.local");
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
                .put("certificate_file", absolute.resolve("cert.pem").toString())
                .put("private_key_file", absolute.resolve("key.pem").toString())
                .put("ca_certificate_file", absolute.resolve("root.pem").toString())
                .put("refresh_interval", "900s");
        bootstrap.put("server_listener_resource_name_template", "xds.istio.io/grpc/lds/inbound/%s");
        Path file = absolute.resolve("bootstrap.json");
        Files.writeString(file, Api.JSON.writerWithDefaultPrettyPrinter().writeValueAsString(bootstrap));
        out().println("wrote " + file + "; run the client with GRPC_XDS_BOOTSTRAP=" + file);
        return ExitCode.OK;
    }
}
