package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.client.ControlClient;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.inbound.Admission;
import io.inmesh.server.settings.SettingsFile;
import io.inmesh.testkit.FakeCall;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The graph of services from two processes that report: the real server, the real client, real sockets; only the calls are made up. */
class GraphEndToEndTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final String SERVICE = """
            {apiVersion: v1, kind: Service, metadata: {name: reviews},
             spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}}
            """;
    private static final String EDGE = "workload:default/productpage/v1>service:reviews.default.svc.cluster.local:9080"
            + ">workload:default/reviews/v2";

    @TempDir
    private Path folder;

    private final HttpClient http = HttpClient.newHttpClient();

    @Test
    @Timeout(180)
    void callsOfOneProcessToAnotherAreAnEdgeWithItsVersionsResultsAndRetries() throws Exception {
        Path settings = Files.writeString(folder.resolve("server.yaml"), "reports: {interval: 1s}\n");
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
            post(server, "/inmesh/v1/apply", SERVICE, "application/yaml");
            try (Mesh reviews = join(server, "reviews", "v2");
                    Mesh productpage = join(server, "productpage", "v1")) {
                reviews.serve(9080);
                Dispatch first = begun(productpage);
                succeedAtSecondAttempt(first);
                for (int i = 0; i < 8; i++) {
                    Dispatch next = begun(productpage);
                    next.settle((Attempt) next.start(), Outcome.Response.http(200));
                }
                Admission foreign = reviews.inbound(
                        FakeCall.get("/reviews/0").at("127.0.0.1", 9080).from("192.0.2.7"));
                if (foreign.admitted()) {
                    foreign.settle(Outcome.Response.http(200));
                }

                JsonNode graph = await(
                        server,
                        "/inmesh/v1/graph?window=5m&namespace=default",
                        body -> edge(body, EDGE).at("/effective/requests").asInt() == 9
                                && body.toString().contains("caller:192.0.2.7"));
                JsonNode edge = edge(graph, EDGE);
                assertThat(edge.at("/effective/success").asDouble()).isEqualTo(1);
                assertThat(edge.at("/actual/requests").asInt()).isEqualTo(10);
                assertThat(edge.at("/actual/transport/connect").asInt()).isEqualTo(1);
                assertThat(edge.path("retries").asDouble()).isEqualTo(0.11111);
                assertThat(edge.path("health").asText()).isEqualTo("FAILING");
                assertThat(edge.path("mtls").asDouble()).isEqualTo(1);
                assertThat(edge.path("protocols").toString()).isEqualTo("[\"http\"]");
                assertThat(graph.path("nodes").toString())
                        .contains("\"identities\":[\"default/productpage\"]", "UNKNOWN_CALLER");

                JsonNode series = get(
                        server,
                        "/inmesh/v1/graph/series?window=5m&edge=" + URLEncoder.encode(EDGE, StandardCharsets.UTF_8));
                int requests = 0;
                for (JsonNode point : series.path("points")) {
                    requests += point.at("/effective/requests").asInt();
                }
                assertThat(requests).isEqualTo(9);
                assertThat(get(server, "/inmesh/v1/graph?namespace=elsewhere").path("edges"))
                        .isEmpty();
                assertThat(get(server, "/inmesh/v1/graph/routes?service=reviews&window=5m")
                                .at("/routes/0/actual/requests")
                                .asInt())
                        .isEqualTo(10);
            }
        }
    }

    private static void succeedAtSecondAttempt(Dispatch call) throws Exception {
        Outcome refused = new Outcome.Failure(Outcome.Failure.Kind.CONNECT, false, new java.io.IOException("refused"));
        Step next = call.settle((Attempt) call.start(), refused);
        if (next instanceof Step.Wait wait) {
            TimeUnit.NANOSECONDS.sleep(wait.delayNanos());
            next = call.resume();
        }
        call.settle((Attempt) next, Outcome.Response.http(200));
    }

    /** {@return a call that has somewhere to go}, once the caller has heard of a copy of reviews. */
    private static Dispatch begun(Mesh mesh) {
        while (true) {
            FakeCall call = FakeCall.get("/reviews/0").to("reviews", 9080);
            Dispatch dispatch = mesh.outbound(call);
            if (dispatch != null
                    && mesh.status().clusters().stream()
                            .anyMatch(cluster -> cluster.name().endsWith("|reviews.default.svc.cluster.local")
                                    && !cluster.endpoints().isEmpty())) {
                return dispatch;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private Mesh join(ControlServer server, String service, String version) throws Exception {
        Mesh mesh = Mesh.builder()
                .controlPlane(ControlClient.builder()
                        .server("127.0.0.1:" + server.grpcPort())
                        .service(service)
                        .label("version", version)
                        .tokenFile(token(server, service))
                        .build())
                .build();
        while (mesh.identity().current() == null) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
        return mesh;
    }

    private Path token(ControlServer server, String account) throws Exception {
        String token = post(
                        server,
                        "/api/v1/namespaces/default/serviceaccounts/" + account + "/token",
                        "{}",
                        "application/json")
                .at("/status/token")
                .asText();
        Path file = Files.createFile(
                folder.resolve(account),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, token);
    }

    private static JsonNode edge(JsonNode graph, String id) {
        for (JsonNode edge : graph.path("edges")) {
            if (edge.path("id").asText().equals(id)) {
                return edge;
            }
        }
        return JSON.missingNode();
    }

    private JsonNode await(ControlServer server, String path, Predicate<JsonNode> reached) throws Exception {
        while (true) {
            JsonNode body = get(server, path);
            if (reached.test(body)) {
                return body;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS * 10);
        }
    }

    private JsonNode get(ControlServer server, String path) throws Exception {
        return body(HttpRequest.newBuilder(uri(server, path)).build());
    }

    private JsonNode post(ControlServer server, String path, String text, String type) throws Exception {
        return body(HttpRequest.newBuilder(uri(server, path))
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(text))
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
