package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.ctl.ReadyCommand;
import io.inmesh.server.fixture.ForeignCa;
import io.inmesh.server.fixture.SecuredServer;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code control-server ready} against whole servers. */
class ReadyCommandTest {

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void whoIsNobodyLearnsThatAServerIsReady() throws Exception {
        try (ControlServer server = secured()) {
            assertThat(run("--server", "https://localhost:" + server.httpPort() + "/", "--ca-file", root()))
                    .as(err.toString())
                    .isZero();
            assertThat(out.toString()).startsWith("ok\nleader: ");
        }
    }

    @Test
    void aServerOfAnotherAuthorityIsNotAsked() throws Exception {
        try (ControlServer server = secured()) {
            String url = "https://localhost:" + server.httpPort();
            Path other = Files.writeString(
                    folder.resolve("other.pem"),
                    ForeignCa.root(Instant.now(), spec -> {}).pem());

            assertThat(run("--server", url)).isEqualTo(3);
            assertThat(err.toString()).contains("no answer from " + url + "/readyz", "SSL");
            err.getBuffer().setLength(0);
            assertThat(run("--server", url, "--ca-file", other.toString())).isEqualTo(3);
            assertThat(err.toString()).contains("no answer from " + url + "/readyz", "SSL");
        }
    }

    @Test
    void aServerThatLeavesIsNotReady() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 1);
                ControlServer leaving = new ControlServer(
                        ServerOptions.onLoopback(0, 0, folder.resolve("leaving"), replicas.settings()),
                        replicas.engine())) {
            assertThat(run("--server", leaving.httpUrl())).isZero();
            leaving.leave();

            assertThat(run("--server", leaving.httpUrl())).isEqualTo(1);
            assertThat(err.toString()).contains("/readyz is not ready: it answers 503: leaving");
        }
    }

    @Test
    void aServerWhoseCertificateHasAnotherNameIsNotAsked() throws Exception {
        try (ControlServer server = secured()) {
            String byAnotherName = "https://127.0.0.2:" + server.httpPort();

            assertThat(run("--server", byAnotherName, "--ca-file", root())).isEqualTo(3);
            assertThat(err.toString()).contains("no answer from " + byAnotherName, "127.0.0.2 found");
        }
    }

    @Test
    void whereNoServerIsThatIsSaid() throws Exception {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        assertThat(run("--server", "https://localhost:" + free)).isEqualTo(3);
        assertThat(err.toString()).contains("no answer from", "ConnectException", "see whether a server runs there");
        assertThat(run("--server", "localhost")).isEqualTo(2);
        assertThat(err.toString()).contains("is not a URL");
    }

    private ControlServer secured() throws Exception {
        return new ControlServer(new ServerOptions(
                "127.0.0.1",
                0,
                "0.0.0.0",
                0,
                -1,
                folder.resolve("data"),
                null,
                "inmesh.local",
                SettingsFile.read(SecuredServer.settings(folder, "", List.of()))));
    }

    private String root() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("data/ca"))) {
            return files.filter(file -> file.endsWith("root.crt"))
                    .findFirst()
                    .orElseThrow()
                    .toString();
        }
    }

    private int run(String... arguments) {
        return new CommandLine(new ReadyCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(arguments);
    }
}
