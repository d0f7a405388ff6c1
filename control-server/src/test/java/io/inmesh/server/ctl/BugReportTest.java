package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ctl.MeshUnderTest.Run;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code meshctl bug-report} of a whole server in which secrets are hidden, and of none. */
class BugReportTest {

    private static final String PLANTED = "planted0123456789planted0123456789";
    private static final String CONFIG = """
            {apiVersion: v1, kind: Service, metadata: {name: reviews, namespace: shop}, spec: {ports: [{port: 9080, name: http}], selector: {app: reviews}}}
            ---
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews, namespace: shop}
            spec:
              hosts: [reviews]
              http:
              - match: [{headers: {authorization: {exact: "Bearer %1$s"}}}]
                directResponse: {status: 200, body: {string: "-----BEGIN PRIVATE KEY-----\\n%1$s\\n-----END PRIVATE KEY-----"}}
              - headers: {request: {set: {x-api-key: %1$s, x-note: "password=%1$s"}}}
                route: [{destination: {host: reviews}}]
            """.formatted(PLANTED);

    @TempDir
    private static Path folder;

    private static MeshUnderTest mesh;

    @BeforeAll
    static void serve() throws IOException {
        mesh = new MeshUnderTest(folder);
        mesh.apply(CONFIG);
        mesh.join("shop", "ratings");
    }

    @AfterAll
    static void stop() {
        mesh.close();
    }

    @Test
    void everyPartIsThereAndNoSecret() throws Exception {
        Path archive = folder.resolve("report.tgz");
        String token = mesh.run("token", "create", "--sa", "details").out().strip();
        String settings =
                mesh.file("settings.yaml", "access: {users: [{name: ann, passwordHash: %s}]}".formatted(PLANTED));

        Run run = mesh.run("bug-report", "-o", archive.toString(), "--settings", settings);

        assertThat(run.exitCode()).as(run.out() + run.err()).isEqualTo(ExitCode.OK);
        Map<String, String> files = files(archive);
        assertThat(files.keySet())
                .contains(
                        "report/contents.json",
                        "report/version.json",
                        "report/status.json",
                        "report/rejections.json",
                        "report/services.json",
                        "report/graph.json",
                        "report/check-mtls.json",
                        "report/analyze.json",
                        "report/audit.json",
                        "report/settings.json",
                        "report/resources/virtualservices.networking.istio.io.json");
        assertThat(files.get("report/status.json")).contains("ratings");
        assertThat(files.get("report/audit.json")).contains("token-created");
        assertThat(files.get("report/resources/virtualservices.networking.istio.io.json"))
                .contains("reviews", "[redacted]");
        assertThat(token).contains(".");
        assertThat(files.values())
                .allSatisfy(text -> assertThat(text)
                        .doesNotContain(PLANTED)
                        .doesNotContain(token)
                        .doesNotContain("PRIVATE KEY-----"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(archive)))
                .isEqualTo("rw-------");
    }

    @Test
    void namesCanBeReplaced() throws Exception {
        Path archive = folder.resolve("nameless.tgz");

        assertThat(mesh.run("bug-report", "-o", archive.toString(), "--redact-names")
                        .exitCode())
                .isEqualTo(ExitCode.OK);

        Map<String, String> files = files(archive);
        assertThat(files.get("report/status.json")).contains("name-").doesNotContain("ratings", "shop");
        assertThat(files.get("report/resources/virtualservices.networking.istio.io.json"))
                .contains("VirtualService")
                .doesNotContain("reviews", "shop");
    }

    @Test
    void withoutAServerThereIsAReportThatSaysSo() throws Exception {
        Path archive = folder.resolve("alone.tgz");
        StringWriter err = new StringWriter();
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        int exitCode = new CommandLine(new MeshCtl())
                .setOut(new PrintWriter(new StringWriter()))
                .setErr(new PrintWriter(err, true))
                .execute("bug-report", "-o", archive.toString(), "--server", "http://127.0.0.1:" + port);

        assertThat(exitCode).isEqualTo(ExitCode.FINDINGS);
        Map<String, String> files = files(archive);
        assertThat(files.get("report/status.missing.txt")).startsWith("no control server at http://127.0.0.1:" + port);
        JsonNode contents = Api.JSON.readTree(files.get("report/contents.json"));
        assertThat(contents.path("missing").findValuesAsText("part")).contains("status", "graph", "audit");
        assertThat(err.toString()).contains("without status: no control server");
    }

    /** Reads the archive by its block structure: name, size in octal, content in blocks of 512 bytes. */
    private static Map<String, String> files(Path archive) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (InputStream in = new GZIPInputStream(Files.newInputStream(archive))) {
            byte[] header = in.readNBytes(512);
            while (header.length == 512 && header[0] != 0) {
                String name = new String(header, 0, 100, StandardCharsets.US_ASCII).replaceAll("\0.*", "");
                int size = Integer.parseInt(new String(header, 124, 11, StandardCharsets.US_ASCII), 8);
                byte[] content = in.readNBytes((size + 511) / 512 * 512);
                files.put(name, new String(content, 0, size, StandardCharsets.UTF_8));
                header = in.readNBytes(512);
            }
        }
        return files;
    }
}
