package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.client.ControlClient;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.inbound.Admission;
import io.inmesh.live.LiveRequests;
import io.inmesh.server.fixture.Pause;
import io.inmesh.server.fixture.RestServer;
import io.inmesh.testkit.FakeCall;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers on one store answer for the processes of all of them: real servers and processes, real sockets, only the calls are made up. */
class PeersTest {

    private static final String SERVICE = """
            {apiVersion: v1, kind: Service, metadata: {name: reviews},
             spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}}
            """;
    private static final String EDGE = "workload:default/productpage/v1>service:reviews.default.svc.cluster.local:9080"
            + ">workload:default/reviews/v2";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String GRAPH = "/inmesh/v1/graph?window=1h";

    @TempDir
    private Path folder;

    private Path settings;

    @BeforeEach
    void write() throws Exception {
        settings = Files.writeString(folder.resolve("settings.yaml"), "reports: {interval: 1s}\n");
    }

    @Test
    void whatProcessesReportToOneServerIsKnownAtAllAndCountsOnceAlsoAfterAServerHasGoneAndComeBack() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 3, settings)) {
            reached(replicas, 0, 3);
            reached(replicas, 1, 3);
            reached(replicas, 2, 3);
            replicas.get(0).apply(SERVICE);
            try (Mesh reviews = join(replicas.get(1), "reviews", "v2");
                    Mesh productpage = join(replicas.get(0), "productpage", "v1")) {
                reviews.serve(9080);
                call(productpage, 9);
                foreign(reviews);
                for (int server = 0; server < 3; server++) {
                    JsonNode graph = until(replicas.get(server), GRAPH, 9);
                    assertThat(edge(graph).path("protocols").toString()).isEqualTo("[\"http\"]");
                    ReplicasTest.until(
                            replicas.get(server), GRAPH, body -> body.toString().contains("caller:192.0.2.7"));
                    ReplicasTest.until(
                            replicas.get(server),
                            "/inmesh/v1/traffic",
                            body -> body.path("outbound").toString().contains("\"requests\":9")
                                    && body.path("inbound").toString().contains("192.0.2.7"));
                }

                replicas.stop(2);
                reached(replicas, 0, 2);
                call(productpage, 5);
                until(replicas.get(1), GRAPH, 14);
                replicas.restart(2);
                reached(replicas, 0, 3);
                call(productpage, 3);

                until(replicas.get(2), GRAPH, 3);
                until(replicas.get(0), GRAPH, 17);
                until(replicas.get(1), GRAPH, 17);
            }
        }
    }

    @Test
    void anyServerTellsOfEveryProcessAndAsksItAndRelaysWhatItSaysUntilTheCallerLeaves() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 2, settings)) {
            reached(replicas, 0, 2);
            reached(replicas, 1, 2);
            RestServer asked = replicas.get(1);
            asked.apply(SERVICE);
            try (Mesh productpage = join(replicas.get(0), "productpage", "v1")) {
                // A machine that is busy may keep a server from answering in time; that it is named then, another test
                // says.
                ReplicasTest.until(
                        asked,
                        "/inmesh/v1/status",
                        body -> body.path("processes").size() == 1
                                && body.at("/processes/0/state").asText().equals("SYNCED")
                                && body.path("silentServers").isEmpty());
                ReplicasTest.until(
                        asked,
                        "/inmesh/v1/inspect?process=productpage",
                        body -> body.path("serviceAccount").asText().equals("productpage")
                                && !body.path("certificates").isEmpty()
                                && body.path("resources").toString().contains("reviews.default.svc.cluster.local"));
                until(
                        () -> asked.post("/inmesh/v1/diff", SERVICE.replace("9080", "9081")),
                        body -> body.path("affected").toString().contains("productpage"));

                // The stream for questions is opened beside the one for configuration.
                ReplicasTest.until(
                        asked,
                        "/inmesh/v1/live/belief?process=productpage",
                        body -> !body.path("processes").isEmpty());
                until(
                        () -> post(
                                asked,
                                "/inmesh/v1/live/log",
                                "{\"target\": \"productpage\", \"logger\": \"peers.test\", \"level\": \"debug\"}"),
                        body -> body.path("levels").toString().contains("peers.test"));
                AtomicInteger taps = new AtomicInteger();
                // Far more than a process lets watch it at once, so those whose caller has left do not watch any more.
                for (int i = 0; i < 2 * LiveRequests.MOST_TAPS; i++) {
                    tapUntilSeen(asked, productpage, taps);
                }
                until(
                        () -> post(asked, "/inmesh/v1/live/find", "{\"requestId\": \"tapped\"}"),
                        body -> body.path("asked").asInt() == 1
                                && body.path("seen").toString().contains("/reviews/0"));
                String audit = replicas.get(0)
                        .get("/inmesh/v1/audit?event=live-tap&limit=5000")
                        .body()
                        .toString();
                assertThat(audit.split("\"live-tap\"", -1)).as(audit).hasSize(1 + taps.get());
                assertThat(audit).contains("default/productpage");
            }
        }
    }

    @Test
    void aServerThatDoesNotAnswerIsNamedAndDelaysNothingForLong() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 1, settings);
                ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            // A server that takes connections and says nothing.
            String address = "127.0.0.1:" + mute.getLocalPort();
            describe(replicas, "mute", 0, address);
            ReplicasTest.until(
                    replicas.get(0),
                    "/inmesh/v1/status",
                    body -> body.path("silentServers").size() == 1);

            // What a server says of itself changes while it is known.
            describe(replicas, "mute", 7, address);
            ReplicasTest.until(
                    replicas.get(0),
                    "/inmesh/v1/status",
                    body -> body.at("/silentServers/0/processes").asInt() == 7);

            JsonNode silent = replicas.get(0).get("/inmesh/v1/status").body().path("silentServers");
            assertThat(silent.at("/0/name").asText()).isEqualTo("mute");
            assertThat(silent.at("/0/grpc").asText()).isEqualTo(address);
            assertThat(silent.at("/0/reason").asText()).isNotEmpty();
            assertThat(replicas.get(0)
                            .send("POST", "/inmesh/v1/live/log", "application/json", "{\"target\": \"nobody\"}")
                            .status())
                    .as("nobody can know whether there is one")
                    .isEqualTo(503);
            assertThat(replicas.get(0)
                            .post("/inmesh/v1/diff", SERVICE)
                            .body()
                            .path("affectedUnknown")
                            .asInt())
                    .isEqualTo(7);
        }
    }

    @Test
    void aServerThatCannotBeAskedIsNamedToo() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 1, settings)) {
            describe(replicas, "nowhere", 2, "");
            describe(replicas, "wrong", 3, "no address");

            ReplicasTest.until(
                    replicas.get(0),
                    "/inmesh/v1/status",
                    body -> body.path("silentServers").size() == 2);

            JsonNode ofOne =
                    replicas.get(0).get("/inmesh/v1/status?namespace=default").body();
            assertThat(ofOne.path("silentServerCount").asInt()).isEqualTo(2);
            assertThat(ofOne.toString())
                    .as("who looks at one namespace is not told which servers there are")
                    .doesNotContain("nowhere", "no address");
            RestServer.Answer nobody = replicas.get(0).get("/inmesh/v1/inspect?process=nobody");
            assertThat(nobody.status())
                    .as("nobody can know whether there is one")
                    .isEqualTo(503);
            assertThat(nobody.body().toString()).contains("2 have not answered").doesNotContain("nowhere");
            assertThat(replicas.get(0)
                            .post("/inmesh/v1/diff", SERVICE)
                            .body()
                            .path("affectedUnknown")
                            .asInt())
                    .isEqualTo(5);
        }
    }

    private static void describe(Replicas replicas, String name, int processes, String address) throws Exception {
        replicas.engine()
                .put(
                        "replicas",
                        name,
                        ("{\"id\": \"" + name + "\", \"name\": \"" + name + "\", \"streams\": " + processes
                                        + ", \"grpc\": \"" + address + "\"}")
                                .getBytes(StandardCharsets.UTF_8));
    }

    /** Taps until a server shows a request of a process of another one; the caller leaves then, with the tap still open. */
    private static void tapUntilSeen(RestServer server, Mesh productpage, AtomicInteger taps) throws Exception {
        HttpRequest tap = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + server.httpPort() + "/inmesh/v1/live/tap"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"target\": \"productpage\", \"seconds\": 300}"))
                .build();
        AtomicBoolean shown = new AtomicBoolean();
        ExecutorService calling = Executors.newSingleThreadExecutor();
        try {
            calling.execute(() -> {
                while (!shown.get()) {
                    Objects.requireNonNull(productpage.outbound(FakeCall.get("/reviews/0")
                                    .to("reviews", 9080)
                                    .header("x-request-id", "tapped")))
                            .start();
                    Pause.aMoment();
                }
            });
            while (!shown.get()) {
                HttpResponse<Stream<String>> response = HTTP.send(tap, BodyHandlers.ofLines());
                try (Stream<String> lines = response.body()) {
                    // A tap of before may not have ended yet, or the other server may be too busy to answer.
                    Pause.aMoment();
                    if (response.statusCode() == 200) {
                        taps.incrementAndGet();
                        shown.set(lines.anyMatch(line -> line.contains("\"path\":\"/reviews/0\"")));
                    }
                }
            }
        } finally {
            shown.set(true);
            calling.shutdown();
        }
    }

    private static RestServer.Answer post(RestServer server, String path, String json) throws Exception {
        return server.send("POST", path, "application/json", json);
    }

    private static void until(Callable<RestServer.Answer> question, Predicate<JsonNode> reached) throws Exception {
        while (!reached.test(question.call().body())) {
            Pause.aMoment();
        }
    }

    /** Until a server sees that many, itself among them, and reaches all of them. */
    private static void reached(Replicas replicas, int which, int count) throws Exception {
        ReplicasTest.until(replicas.get(which), "/inmesh/v1/status", body -> {
            int reached = 0;
            for (JsonNode replica : body.path("replicas")) {
                reached += replica.path("unreachable").asText("?").isEmpty() ? 1 : 0;
            }
            return reached == count && body.path("replicas").size() == count;
        });
    }

    private static JsonNode until(RestServer server, String path, int requests) throws Exception {
        ReplicasTest.until(
                server, path, body -> edge(body).at("/effective/requests").asInt() == requests);
        return server.get(path).body();
    }

    private static void call(Mesh mesh, int times) {
        RunningServer.await(() -> mesh.status().clusters().stream()
                .anyMatch(cluster -> cluster.name().endsWith("|reviews.default.svc.cluster.local")
                        && !cluster.endpoints().isEmpty()));
        for (int i = 0; i < times; i++) {
            Dispatch call = Objects.requireNonNull(
                    mesh.outbound(FakeCall.get("/reviews/0").to("reviews", 9080)));
            call.settle((Attempt) call.start(), Outcome.Response.http(200));
        }
    }

    private static void foreign(Mesh mesh) {
        Admission admission =
                mesh.inbound(FakeCall.get("/reviews/0").at("127.0.0.1", 9080).from("192.0.2.7"));
        if (admission.admitted()) {
            admission.settle(Outcome.Response.http(200));
        }
    }

    private Mesh join(RestServer server, String service, String version) throws Exception {
        String token = server.send(
                        "POST",
                        "/api/v1/namespaces/default/serviceaccounts/" + service + "/token",
                        "application/json",
                        "{\"spec\":{\"maxUses\":1}}")
                .text("/status/token");
        Path file = Files.createTempFile(
                folder,
                service,
                ".token",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Mesh mesh = Mesh.builder()
                .controlPlane(ControlClient.builder()
                        .server("127.0.0.1:" + server.grpcPort())
                        .service(service)
                        .label("version", version)
                        .tokenFile(Files.writeString(file, token))
                        .build())
                .build();
        RunningServer.await(() -> mesh.identity().current() != null);
        return mesh;
    }

    private static JsonNode edge(JsonNode graph) {
        for (JsonNode edge : graph.path("edges")) {
            if (edge.path("id").asText().equals(EDGE)) {
                return edge;
            }
        }
        return MissingNode.getInstance();
    }
}
