package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for the server as a whole: what it keeps, what it guards, and how it refuses to start. */
class ControlServerTest {

    private static final String RULES = "/apis/networking.istio.io/v1/namespaces/default/destinationrules";
    private static final String RULE = "{\"apiVersion\":\"networking.istio.io/v1\",\"kind\":\"DestinationRule\","
            + "\"metadata\":{\"name\":\"reviews\"},\"spec\":{\"host\":\"reviews\"}}";

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    void keepsConfigurationOverARestart() throws Exception {
        String written;
        try (ControlServer server = new ControlServer(options(null))) {
            assertThat(post(server, RULES, RULE).statusCode()).isEqualTo(201);
            written = get(server, RULES + "/reviews").body();
        }
        try (ControlServer server = new ControlServer(options(null))) {
            HttpResponse<String> read = get(server, RULES + "/reviews");
            assertThat(read.statusCode()).isEqualTo(200);
            assertThat(read.body()).isEqualTo(written);
        }
    }

    @Test
    void measuresItself() throws Exception {
        try (ControlServer server = new ControlServer(options(null))) {
            assertThat(get(server, "/metrics").body())
                    .contains(
                            "inmesh_ads_queue 0",
                            "inmesh_ads_convergence_seconds_bucket",
                            "jvm_memory_used_bytes{",
                            "jvm_threads_live_threads ",
                            "process_cpu_usage ",
                            "process_files_open_files ",
                            "process_uptime_seconds ");
        }
    }

    @Test
    void keepsItsRootOverARestart() throws Exception {
        byte[] root;
        try (ControlServer server = new ControlServer(options(null))) {
            assertThat(server.grpcPort()).isPositive();
            root = Files.readAllBytes(rootCertificate());
        }
        try (ControlServer server = new ControlServer(options(null))) {
            assertThat(server.grpcPort()).isPositive();
            assertThat(Files.readAllBytes(rootCertificate())).isEqualTo(root);
        }
    }

    @Test
    void refusesADataFolderThatAnotherServerUses() throws Exception {
        try (ControlServer first = new ControlServer(options(null))) {
            assertThatThrownBy(() -> new ControlServer(options(null)).close())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(data().toString())
                    .hasMessageContaining("in use by another control server");
            assertThat(get(first, "/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void givesTheDataFolderFreeWhenItCannotStart() throws Exception {
        Path missing = folder.resolve("missing");
        assertThatThrownBy(() -> new ControlServer(options(missing)).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(missing.toString());

        try (ControlServer server = new ControlServer(options(null))) {
            assertThat(get(server, "/readyz").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void readsTheConfigFolderBeforeAnybodyIsLetIn() throws Exception {
        Path config = Files.createDirectory(folder.resolve("config"));
        Files.writeString(config.resolve("rule.json"), RULE);

        try (ControlServer server = new ControlServer(options(config))) {
            HttpResponse<String> read = get(server, RULES + "/reviews");
            assertThat(read.statusCode()).isEqualTo(200);
            assertThat(read.body()).contains("folder:rule.json");
        }
    }

    @Test
    void nobodyButTheOwnerCanReadItsFiles() throws Exception {
        try (ControlServer server = new ControlServer(options(null));
                Stream<Path> files = Files.walk(data())) {
            assertThat(server.httpPort()).isPositive();
            assertThat(files)
                    .isNotEmpty()
                    .allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo(Files.isDirectory(file) ? "rwx------" : "rw-------"));
        }
    }

    @Test
    void namesTheFlagOfAPortThatIsNone() {
        assertThatThrownBy(() -> ServerOptions.onLoopback(0, 65_536, data())).hasMessageContaining("--http-port 65536");
        assertThatThrownBy(() -> ServerOptions.onLoopback(-1, 0, data())).hasMessageContaining("--grpc-port -1");
    }

    @Test
    void saysWhichPortIsTakenAndWhatToDo() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            ServerOptions options = ServerOptions.onLoopback(port, 0, data());

            assertThatThrownBy(() -> new ControlServer(options))
                    .hasMessageContaining(Integer.toString(port))
                    .hasMessageContaining("choose another port");
        }
    }

    private Path data() {
        return folder.resolve("data");
    }

    private ServerOptions options(@Nullable Path config) {
        return new ServerOptions(
                "127.0.0.1", 0, "127.0.0.1", 0, -1, data(), config, "inmesh.local", SettingsFile.none());
    }

    private HttpResponse<String> get(ControlServer server, String path) throws Exception {
        return http.send(HttpRequest.newBuilder(uri(server, path)).build(), BodyHandlers.ofString());
    }

    private HttpResponse<String> post(ControlServer server, String path, String body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri(server, path))
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private static URI uri(ControlServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.httpPort() + path);
    }

    private Path rootCertificate() throws IOException {
        try (var roots = Files.list(data().resolve("ca/roots"))) {
            return roots.findFirst().orElseThrow().resolve("root.crt");
        }
    }
}
