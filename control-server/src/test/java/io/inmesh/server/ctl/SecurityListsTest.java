package io.inmesh.server.ctl;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.ControlServer;
import io.inmesh.server.ServerOptions;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.testkit.TestCa;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The deny list, the join tokens and the other trust domains: by REST, and by {@code meshctl}. */
class SecurityListsTest {
    private static final String REVIEWS = "spiffe://inmesh.local/ns/default/sa/reviews";
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private ControlServer server;

    @BeforeEach
    void serve() throws Exception {
        Files.writeString(
                folder.resolve("partner.pem"),
                pem(TestCa.root("partner.example").rootCertificate().getEncoded()));
        Path settings = Files.writeString(
                folder.resolve("server.yaml"),
                "federation: [{trustDomain: partner.example, bundleFile: partner.pem},"
                        + " {trustDomain: late.example, bundleFile: absent.pem}]\n");
        server = new ControlServer(ServerOptions.onLoopback(0, 0, folder.resolve("data"), SettingsFile.read(settings)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void anIdentityIsDeniedShownAndAllowedByRest() throws Exception {
        HttpResponse<String> denied = post(
                "/inmesh/v1/ca/denied",
                "{\"subject\":\"" + REVIEWS + "\",\"reason\":\"stolen\",\"until\":\"2126-01-31T12:00:00Z\"}");
        assertThat(denied.statusCode()).isEqualTo(201);
        JsonNode entry = get("/inmesh/v1/ca/denied").at("/items/0");
        assertThat(entry.path("subject").asText()).isEqualTo(REVIEWS);
        assertThat(entry.path("reason").asText()).isEqualTo("stolen");
        assertThat(entry.path("until").asText()).isEqualTo("2126-01-31T12:00:00Z");

        assertThat(delete("/inmesh/v1/ca/denied?subject=" + REVIEWS)).isEqualTo(200);
        assertThat(get("/inmesh/v1/ca/denied").path("items")).isEmpty();
        assertThat(delete("/inmesh/v1/ca/denied?subject=" + REVIEWS)).isEqualTo(404);
    }

    @Test
    void whatCannotBeDeniedIsRefusedWithItsReason() throws Exception {
        for (List<String> wrong : List.of(
                List.of("{\"subject\":\"nonsense\"}", "nonsense"),
                List.of("{\"subject\":\"8f01\",\"until\":\"tomorrow\"}", "2026-01-31T12:00:00Z"),
                List.of("{\"subject\":\"8f01\",\"until\":\"2020-01-01T00:00:00Z\"}", "has passed"),
                List.of(
                        "{\"subject\":\"spiffe://inmesh.local/ns/inmesh-system/sa/control-server\"}",
                        "this control server itself"))) {
            HttpResponse<String> answer = post("/inmesh/v1/ca/denied", wrong.get(0));
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(answer.body()).contains(wrong.get(1));
        }
        assertThat(delete("/inmesh/v1/ca/denied")).isEqualTo(400);
        assertThat(get("/inmesh/v1/ca/denied").path("items")).isEmpty();
    }

    @Test
    void meshctlDeniesShowsAndAllows() {
        assertThat(run("ca", "deny", "8F01", "--reason", "stolen laptop", "--until", "PT24H"))
                .isEqualTo(ExitCode.OK);
        assertThat(run("ca", "deny", REVIEWS, "--until", "30d")).isEqualTo(ExitCode.OK);
        assertThat(run("ca", "deny", "8f02", "--until", "tomorrow")).isEqualTo(ExitCode.USAGE);
        assertThat(shown("ca", "denied")).contains("8f01", "stolen laptop", REVIEWS);
        assertThat(run("ca", "deny", "nonsense")).isNotEqualTo(ExitCode.OK);

        assertThat(run("ca", "allow", "8f01")).isEqualTo(ExitCode.OK);
        assertThat(shown("ca", "denied")).contains(REVIEWS).doesNotContain("8f01");
        assertThat(run("ca", "allow", "8f01")).isEqualTo(ExitCode.FINDINGS);
    }

    @Test
    void joinTokensAreListedWithoutTheirSecretAndRevoked() throws Exception {
        Path file = folder.resolve("token");
        assertThat(run("token", "create", "--sa", "reviews", "--uses", "3", "--out", file.toString()))
                .isEqualTo(ExitCode.OK);
        String[] token = Files.readString(file).strip().split("\\.");

        HttpResponse<String> listed = send(HttpRequest.newBuilder(uri("/inmesh/v1/ca/tokens")));
        JsonNode item = Api.JSON.readTree(listed.body()).at("/items/0");
        assertThat(item.path("id").asText()).isEqualTo(token[1]);
        assertThat(item.path("identity").asText()).isEqualTo(REVIEWS);
        assertThat(item.path("maxUses").asInt()).isEqualTo(3);
        assertThat(listed.body()).doesNotContain(token[2]);
        assertThat(shown("token", "list")).contains(token[1]).doesNotContain(token[2]);

        assertThat(run("token", "revoke", token[1])).isEqualTo(ExitCode.OK);
        assertThat(shown("token", "list")).doesNotContain(token[1]);
        assertThat(run("token", "revoke", token[1])).isEqualTo(ExitCode.FINDINGS);
        assertThat(delete("/inmesh/v1/ca/tokens?id=" + token[1])).isEqualTo(404);
    }

    @Test
    void otherTrustDomainsAreShownAlsoTheOneWhoseBundleCannotBeHad() throws Exception {
        JsonNode items = get("/inmesh/v1/ca/federation").path("items");
        while (items.path(0).path("roots").asInt() == 0
                || items.path(1).path("problem").asText().isEmpty()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            items = get("/inmesh/v1/ca/federation").path("items");
        }
        assertThat(items.path(0).path("trustDomain").asText()).isEqualTo("partner.example");
        assertThat(items.path(1).path("problem").asText()).contains("absent.pem");
        assertThat(shown("ca", "federation")).contains("partner.example", "late.example", "absent.pem");
    }

    private static String pem(byte[] certificate) {
        return "-----BEGIN CERTIFICATE-----\n" + Base64.getMimeEncoder().encodeToString(certificate)
                + "\n-----END CERTIFICATE-----\n";
    }

    private HttpResponse<String> post(String path, String json) throws Exception {
        return send(HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json)));
    }

    private int delete(String path) throws Exception {
        return send(HttpRequest.newBuilder(uri(path)).DELETE()).statusCode();
    }

    private JsonNode get(String path) throws Exception {
        return Api.JSON.readTree(send(HttpRequest.newBuilder(uri(path))).body());
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.httpPort() + path);
    }

    private String shown(String... arguments) {
        out.getBuffer().setLength(0);
        assertThat(run(arguments)).isEqualTo(ExitCode.OK);
        return out.toString();
    }

    private int run(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--server");
        all.add("http://127.0.0.1:" + server.httpPort());
        return new CommandLine(new MeshCtl())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(all.toArray(String[]::new));
    }
}
