package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.inbound.Admission;
import io.inmesh.testkit.FakeCall;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The graph of services from two processes that report: the real server, the real client, real sockets; only the calls are made up. */
class GraphEndToEndTest {

    private static final String SERVICE = """
            {apiVersion: v1, kind: Service, metadata: {name: reviews},
             spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}}
            """;
    private static final String EDGE = "workload:default/productpage/v1>service:reviews.default.svc.cluster.local:9080"
            + ">workload:default/reviews/v2";

    @TempDir
    private Path folder;

    @Test
    void callsOfOneProcessToAnotherAreAnEdgeWithItsVersionsResultsAndRetries() throws Exception {
        try (RunningServer server = RunningServer.on(folder, "reports: {interval: 1s}\n")) {
            server.post("/inmesh/v1/apply", SERVICE, "application/yaml");
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

                JsonNode graph = server.await(
                        "/inmesh/v1/graph?window=5m&namespace=default",
                        body -> edge(body, EDGE).at("/effective/requests").asInt() == 9
                                && edge(body, EDGE).at("/actual/requests").asInt() == 10
                                && body.toString().contains("caller:192.0.2.7"));
                JsonNode edge = edge(graph, EDGE);
                assertThat(edge.at("/effective/success").asDouble()).isEqualTo(1);
                assertThat(edge.at("/actual/transport/connect").asInt()).isEqualTo(1);
                assertThat(edge.path("retries").asDouble()).isEqualTo(0.11111);
                assertThat(edge.path("health").asText()).isEqualTo("FAILING");
                assertThat(edge.path("mtls").asDouble()).isEqualTo(1);
                assertThat(edge.path("protocols").toString()).isEqualTo("[\"http\"]");
                assertThat(graph.path("nodes").toString())
                        .contains("\"identities\":[\"default/productpage\"]", "UNKNOWN_CALLER");

                JsonNode series = server.get(
                        "/inmesh/v1/graph/series?window=5m&edge=" + URLEncoder.encode(EDGE, StandardCharsets.UTF_8));
                int requests = 0;
                for (JsonNode point : series.path("points")) {
                    requests += point.at("/effective/requests").asInt();
                }
                assertThat(requests).isEqualTo(9);
                assertThat(server.get("/inmesh/v1/graph?namespace=elsewhere").path("edges"))
                        .isEmpty();
                assertThat(server.get("/inmesh/v1/graph/routes?service=reviews&window=5m")
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

    /** {@return a call that has somewhere to go, once the caller has heard of a copy of reviews} */
    private static Dispatch begun(Mesh mesh) {
        RunningServer.await(() -> mesh.status().clusters().stream()
                .anyMatch(cluster -> cluster.name().endsWith("|reviews.default.svc.cluster.local")
                        && !cluster.endpoints().isEmpty()));
        return Objects.requireNonNull(mesh.outbound(FakeCall.get("/reviews/0").to("reviews", 9080)));
    }

    private static Mesh join(RunningServer server, String service, String version) throws Exception {
        return server.join(
                server.token(service, 1), client -> client.service(service).label("version", version));
    }

    private static JsonNode edge(JsonNode graph, String id) {
        for (JsonNode edge : graph.path("edges")) {
            if (edge.path("id").asText().equals(id)) {
                return edge;
            }
        }
        return MissingNode.getInstance();
    }
}
