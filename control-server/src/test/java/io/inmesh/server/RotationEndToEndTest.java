package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.Mesh;
import io.inmesh.client.ControlClient;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.server.settings.SettingsFile;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A root is replaced under a process that goes on all the while: the real server, the real client, real sockets. */
class RotationEndToEndTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    @Timeout(60)
    void aProcessFollowsFromRootToRootAndALateOneJoinsWithATokenOfBefore() throws Exception {
        Path settings = Files.writeString(folder.resolve("server.yaml"), "authority: {leafValidity: 20s}\n");
        ServerOptions options = new ServerOptions(
                "127.0.0.1",
                0,
                "127.0.0.1",
                0,
                -1,
                folder.resolve("data"),
                null,
                "inmesh.local",
                SettingsFile.read(settings));
        try (ControlServer server = new ControlServer(options)) {
            Path token = token(server);
            try (Mesh mesh = join(server, token)) {
                String first = root(server, "active");
                Set<X509Certificate> before = roots(mesh);
                await(server, process -> process.path("processes").size() == 1);

                String second =
                        post(server, "/inmesh/v1/ca/roots", "{}").path("id").asText();
                await(server, "/inmesh/v1/ca/roots", body -> state(body, second).equals("trusted"));
                assertThat(roots(mesh)).hasSize(2).containsAll(before);

                post(server, "/inmesh/v1/ca/roots/" + second + "/activate", "{}");
                try (Mesh late = join(server, token)) {
                    assertThat(late.identity().current()).isNotNull();
                }
                // The token has uses left, so it holds the root that it pins.
                await(server, "/inmesh/v1/ca/roots", body -> waiting(body, first) == 1);
                assertThat(find(get(server, "/inmesh/v1/ca/roots"), first)
                                .path("waitingFor")
                                .toString())
                        .contains("join token", "reviews in default");
                String id = Files.readString(token).split("\\.")[1];
                body(HttpRequest.newBuilder(uri(server, "/inmesh/v1/ca/tokens?id=" + id))
                        .DELETE()
                        .build());
                await(server, "/inmesh/v1/ca/roots", body -> waiting(body, first) == 0);

                post(server, "/inmesh/v1/ca/roots/" + first + "/retire", "{}");
                await(server, "/inmesh/v1/ca/roots", body -> state(body, first).equals("gone"));
                assertThat(roots(mesh)).hasSize(1).doesNotContainAnyElementsOf(before);
                X509Certificate top = epoch(mesh).identity().chain().get(1);
                top.verify(roots(mesh).iterator().next().getPublicKey());
            }
        }
    }

    private static Mesh join(ControlServer server, Path token) {
        Mesh mesh = Mesh.builder()
                .controlPlane(ControlClient.builder()
                        .server("127.0.0.1:" + server.grpcPort())
                        .service("reviews")
                        .tokenFile(token)
                        .build())
                .build();
        while (mesh.identity().current() == null) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return mesh;
    }

    private static IdentityEpoch epoch(Mesh mesh) {
        return Objects.requireNonNull(mesh.identity().current());
    }

    private static Set<X509Certificate> roots(Mesh mesh) {
        return epoch(mesh).trust().rootsOf("inmesh.local");
    }

    private Path token(ControlServer server) throws Exception {
        String token = post(
                        server,
                        "/api/v1/namespaces/default/serviceaccounts/reviews/token",
                        "{\"spec\":{\"maxUses\":10}}")
                .at("/status/token")
                .asText();
        Path file = Files.createFile(
                folder.resolve("token"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, token);
    }

    private String root(ControlServer server, String state) throws Exception {
        for (JsonNode root : get(server, "/inmesh/v1/ca/roots").path("roots")) {
            if (root.path("state").asText().equals(state)) {
                return root.path("id").asText();
            }
        }
        throw new AssertionError("no root is " + state);
    }

    private static String state(JsonNode body, String id) {
        return find(body, id).path("state").asText();
    }

    private static int waiting(JsonNode body, String id) {
        return find(body, id).path("waitingFor").size();
    }

    private static JsonNode find(JsonNode body, String id) {
        for (JsonNode root : body.path("roots")) {
            if (root.path("id").asText().equals(id)) {
                return root;
            }
        }
        throw new AssertionError("there is no root " + id);
    }

    private void await(ControlServer server, Predicate<JsonNode> reached) throws Exception {
        await(server, "/inmesh/v1/status", reached);
    }

    private void await(ControlServer server, String path, Predicate<JsonNode> reached) throws Exception {
        while (!reached.test(get(server, path))) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private JsonNode get(ControlServer server, String path) throws Exception {
        return body(HttpRequest.newBuilder(uri(server, path)).build());
    }

    private JsonNode post(ControlServer server, String path, String json) throws Exception {
        return body(HttpRequest.newBuilder(uri(server, path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(json))
                .build());
    }

    private JsonNode body(HttpRequest request) throws Exception {
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isLessThan(300);
        return JSON.readTree(response.body());
    }

    private static URI uri(ControlServer server, String path) {
        return URI.create("http://127.0.0.1:" + server.httpPort() + path);
    }
}
