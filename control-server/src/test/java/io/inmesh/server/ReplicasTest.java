package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.fixture.Pause;
import io.inmesh.server.fixture.RestServer;
import io.inmesh.server.fixture.SecuredServer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What several servers on one store share, as their users see it. */
class ReplicasTest {

    private static final String SERIAL = "8f0102";

    @TempDir
    private Path folder;

    @Test
    void whoIsDeniedAtOneServerIsDeniedAtAllUntilAnyOfThemAllowsItAgain() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 3)) {
            assertThat(replicas.get(0)
                            .send(
                                    "POST",
                                    "/inmesh/v1/ca/denied",
                                    "application/json",
                                    "{\"subject\": \"" + SERIAL + "\"}")
                            .status())
                    .isEqualTo(201);

            for (int i = 0; i < 3; i++) {
                until(
                        replicas.get(i),
                        "/inmesh/v1/ca/denied",
                        body -> body.toString().contains(SERIAL));
            }
            replicas.stop(0);
            assertThat(replicas.get(2)
                            .delete("/inmesh/v1/ca/denied?subject=" + SERIAL)
                            .status())
                    .isEqualTo(200);
            until(
                    replicas.get(1),
                    "/inmesh/v1/ca/denied",
                    body -> !body.toString().contains(SERIAL));
        }
    }

    @Test
    void whoLogsInAtOneServerIsLoggedInAtAllAlsoWhenThatOneIsGoneUntilLogoutAtAnyOfThem() throws Exception {
        Path settings = SecuredServer.settings(folder, "", List.of());
        try (Replicas replicas = Replicas.start(folder, 3, settings)) {
            String token = replicas.get(0)
                    .send(
                            "POST",
                            "/inmesh/v1/login",
                            "application/json",
                            "{\"username\": \"root\", \"password\": \"" + SecuredServer.ROOT_PASSWORD + "\"}")
                    .text("/token");
            String[] proof = {"Authorization", "Bearer " + token};
            assertThat(replicas.get(1).get("/inmesh/v1/users", proof).status()).isEqualTo(200);

            replicas.stop(0);
            assertThat(replicas.get(2).get("/inmesh/v1/users", proof).status()).isEqualTo(200);
            replicas.restart(0);
            assertThat(replicas.get(0).get("/inmesh/v1/users", proof).status()).isEqualTo(200);

            assertThat(replicas.get(1)
                            .send("POST", "/inmesh/v1/logout", "application/json", "", proof)
                            .status())
                    .isEqualTo(200);
            assertThat(replicas.get(1).get("/inmesh/v1/users", proof).status()).isEqualTo(401);
            while (replicas.get(2).get("/inmesh/v1/users", proof).status() != 401) {
                Pause.aMoment();
            }
        }
    }

    @Test
    void oneLeadsAllSayWhichAndWhenItStopsAnotherDoes() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 3)) {
            for (int i = 0; i < 3; i++) {
                until(replicas.get(i), "/inmesh/v1/status", body -> leaders(body) == 1);
                until(
                        replicas.get(i),
                        "/inmesh/v1/status",
                        body -> body.path("replicas").size() == 3);
            }
            assertThat(leader(replicas.get(1))).isEqualTo(leader(replicas.get(2)));
            assertThat(answersItself(replicas.get(0))).isTrue();

            replicas.stop(0);

            for (int i = 1; i < 3; i++) {
                until(
                        replicas.get(i),
                        "/inmesh/v1/status",
                        body -> body.path("replicas").size() == 2 && leaders(body) == 1);
            }
            assertThat(leader(replicas.get(1))).isEqualTo(leader(replicas.get(2)));
            assertThat(answersItself(replicas.get(1))).isNotEqualTo(answersItself(replicas.get(2)));
        }
    }

    @Test
    void aRootThatIsAddedAtOneServerAndActivatedAtAnotherSignsAtAllAlsoAtOneThatIsStartedLater() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 3)) {
            replicas.stop(2);
            String second = replicas.get(0)
                    .send("POST", "/inmesh/v1/ca/roots", "application/json", "{}")
                    .text("/id");
            until(
                    replicas.get(1),
                    "/inmesh/v1/ca/roots",
                    body -> body.path("roots").size() == 2);

            assertThat(replicas.get(1)
                            .send(
                                    "POST",
                                    "/inmesh/v1/ca/roots/" + second + "/activate",
                                    "application/json",
                                    "{\"force\": true}")
                            .status())
                    .isEqualTo(200);

            replicas.restart(2);
            for (int i = 0; i < 3; i++) {
                until(
                        replicas.get(i),
                        "/inmesh/v1/ca/roots",
                        body -> active(body).equals(second));
                until(
                        replicas.get(i),
                        "/inmesh/v1/status",
                        body -> body.path("replicas").size() == 3
                                && roots(body).size() == 1
                                && unreachable(body).isEmpty());
            }
        }
    }

    private static String active(JsonNode body) {
        for (JsonNode root : body.path("roots")) {
            if (root.path("state").asText().equals("active")) {
                return root.path("id").asText();
            }
        }
        return "";
    }

    private static Set<String> roots(JsonNode body) {
        Set<String> roots = new TreeSet<>();
        body.path("replicas").forEach(replica -> roots.add(replica.path("root").asText()));
        return roots;
    }

    private static Set<String> unreachable(JsonNode body) {
        Set<String> why = new TreeSet<>();
        body.path("replicas")
                .forEach(replica -> why.add(replica.path("unreachable").asText()));
        why.remove("");
        return why;
    }

    private static int leaders(JsonNode body) {
        int count = 0;
        for (JsonNode replica : body.path("replicas")) {
            count += replica.path("leads").asBoolean() ? 1 : 0;
        }
        return count;
    }

    private static JsonNode leading(RestServer server) throws Exception {
        for (JsonNode replica : server.get("/inmesh/v1/status").body().path("replicas")) {
            if (replica.path("leads").asBoolean()) {
                return replica;
            }
        }
        throw new AssertionError("nobody leads");
    }

    private static String leader(RestServer server) throws Exception {
        return leading(server).path("grpc").asText();
    }

    /** Whether the server that is asked leads. */
    private static boolean answersItself(RestServer server) throws Exception {
        return leading(server).path("answers").asBoolean();
    }

    static void until(RestServer server, String path, Predicate<JsonNode> reached) throws Exception {
        while (!reached.test(server.get(path).body())) {
            Pause.aMoment();
        }
    }
}
