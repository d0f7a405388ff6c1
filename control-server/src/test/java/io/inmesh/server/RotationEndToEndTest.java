package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.Mesh;
import io.inmesh.identity.IdentityEpoch;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A root is replaced under a process that goes on all the while: the real server, the real client, real sockets. */
class RotationEndToEndTest {
    @TempDir
    private Path folder;

    @Test
    void aProcessFollowsFromRootToRootAndALateOneJoinsWithATokenOfBefore() throws Exception {
        // A replaced root has certificates renewed within a twentieth of their life.
        try (RunningServer server = RunningServer.on(folder, "authority: {leafValidity: 60s}\n")) {
            Path token = server.token("reviews", 10);
            try (Mesh mesh = join(server, token)) {
                String first = root(server, "active");
                Set<X509Certificate> before = roots(mesh);
                server.await(
                        "/inmesh/v1/status",
                        process -> process.path("processes").size() == 1);

                String second =
                        server.post("/inmesh/v1/ca/roots", "{}").path("id").asText();
                server.await("/inmesh/v1/ca/roots", body -> state(body, second).equals("trusted"));
                assertThat(roots(mesh)).hasSize(2).containsAll(before);

                server.post("/inmesh/v1/ca/roots/" + second + "/activate", "{}");
                try (Mesh late = join(server, token)) {
                    assertThat(late.identity().current()).isNotNull();
                }
                // The token has uses left, so it holds the root that it pins.
                server.await("/inmesh/v1/ca/roots", body -> waiting(body, first) == 1);
                assertThat(find(server.get("/inmesh/v1/ca/roots"), first)
                                .path("waitingFor")
                                .toString())
                        .contains("join token", "reviews in default");
                String id = Files.readString(token).split("\\.")[1];
                server.delete("/inmesh/v1/ca/tokens?id=" + id);
                server.await("/inmesh/v1/ca/roots", body -> waiting(body, first) == 0);

                // The process connects again with its new certificate, and has nothing acknowledged for a moment.
                while (!server.takes("/inmesh/v1/ca/roots/" + first + "/retire")) {
                    server.await("/inmesh/v1/ca/roots", body -> waiting(body, first) == 0);
                }
                server.await("/inmesh/v1/ca/roots", body -> state(body, first).equals("gone"));
                assertThat(roots(mesh)).hasSize(1).doesNotContainAnyElementsOf(before);
                X509Certificate top = epoch(mesh).identity().chain().get(1);
                top.verify(roots(mesh).iterator().next().getPublicKey());
            }
        }
    }

    private static Mesh join(RunningServer server, Path token) {
        return server.join(token, client -> client.service("reviews"));
    }

    private static IdentityEpoch epoch(Mesh mesh) {
        return Objects.requireNonNull(mesh.identity().current());
    }

    private static Set<X509Certificate> roots(Mesh mesh) {
        return epoch(mesh).trust().rootsOf("inmesh.local");
    }

    private static String root(RunningServer server, String state) throws Exception {
        for (JsonNode root : server.get("/inmesh/v1/ca/roots").path("roots")) {
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
}
