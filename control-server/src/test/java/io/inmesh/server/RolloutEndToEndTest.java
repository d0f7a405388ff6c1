package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.Mesh;
import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.call.Step;
import io.inmesh.dispatch.Dispatch;
import io.inmesh.testkit.FakeCall;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rollouts judged by what processes report: the real server, the real client, real sockets; only the calls are made up. */
class RolloutEndToEndTest {

    private static final String SETTINGS = "reports: {interval: 1s}\n";
    private static final String STATUS = "/inmesh/v1/rollouts/default/reviews";
    private static final int PORT_OF_STABLE = 9001;
    private static final int PORT_OF_CANARY = 9002;

    private static final String SERVICES = """
            {apiVersion: v1, kind: Service, metadata: {name: reviews},
             spec: {selector: {app: reviews}, ports: [{name: http, port: 9080}]}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: reviews-v1},
             spec: {selector: {app: reviews, version: v1}, ports: [{name: http, port: 9080}]}}
            ---
            {apiVersion: v1, kind: Service, metadata: {name: reviews-v2},
             spec: {selector: {app: reviews, version: v2}, ports: [{name: http, port: 9080}]}}
            ---
            """;
    private static final String ROUTE = """
            apiVersion: gateway.networking.k8s.io/v1
            kind: %s
            metadata: {name: reviews}
            spec:
              parentRefs: [{group: "", kind: Service, name: reviews, port: 9080}]
              rules:
                - backendRefs:
                    - {name: reviews-v1, port: 9080, weight: 9}
                    - {name: reviews-v2, port: 9080, weight: 0}
            ---
            """;
    private static final String ROLLOUT = """
            apiVersion: inmesh.io/v1alpha1
            kind: Rollout
            metadata: {name: reviews}
            spec:
              target: {kind: %s, name: reviews}
              stable: {host: reviews-v1}
              canary: {host: reviews-v2}
              steps: [{weight: 30, wait: 1s}, {weight: 60, wait: 1s}]
              analysis: {interval: 1s, minRequests: 30, failureLimit: 0, errorRate: {maxPercent: 10}}
            """;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({
        "HTTPRoute, 0, Promoted, 0, 100",
        "HTTPRoute, 60, RolledBack, 9, 0",
        "GRPCRoute, 0, Promoted, 0, 100",
        "GRPCRoute, 60, RolledBack, 9, 0"
    })
    void aRouteOfTheGatewayApiIsShiftedByWhatItsCallsCameTo(
            String kind, int failing, String end, int stable, int canary) throws Exception {
        try (RunningServer server = RunningServer.on(folder, SETTINGS)) {
            apply(server, SERVICES + ROUTE.formatted(kind));
            try (Shop shop = new Shop(server, kind.equals("GRPCRoute"), failing)) {
                apply(server, ROLLOUT.formatted(kind));
                JsonNode status = shop.sellUntilOver(server);
                assertThat(status.path("phase").asText()).as(status.toString()).isEqualTo(end);
                assertWeights(server, kind, stable, canary);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"0, Promoted, 0, 100", "60, RolledBack, 9, 0"})
    void aServerThatIsStartedAgainGoesOnAtTheStepOfBeforeAndByWhatItHearsItself(
            int failing, String end, int stable, int canary) throws Exception {
        JsonNode before;
        try (RunningServer server = RunningServer.on(folder, SETTINGS)) {
            apply(server, SERVICES + ROUTE.formatted("HTTPRoute") + ROLLOUT.formatted("HTTPRoute"));
            // Nobody calls, so it stays at its first step.
            before = server.await(
                            STATUS,
                            body -> body.at("/status/analysis/verdict").asText().equals("INCONCLUSIVE"))
                    .path("status");
            assertThat(before.path("step").asInt()).isEqualTo(1);
            assertWeights(server, "HTTPRoute", 70, 30);
        }
        try (RunningServer server = RunningServer.on(folder, SETTINGS)) {
            Instant last = Instant.parse(before.at("/analysis/time").asText());
            JsonNode after = server.await(
                            STATUS,
                            body -> Instant.parse(
                                            body.at("/status/analysis/time").asText())
                                    .isAfter(last))
                    .path("status");
            assertThat(after.path("phase").asText()).isEqualTo("Progressing");
            assertThat(after.path("step").asInt()).isEqualTo(1);
            assertThat(after.path("started")).isEqualTo(before.path("started"));
            assertThat(after.path("since")).isEqualTo(before.path("since"));
            assertThat(after.at("/analysis/reason").asText())
                    .as("what there was in memory is gone")
                    .isEqualTo("the canary had 0 of the 30 requests that it takes to judge it");
            assertThat(after.has("unwatched"))
                    .as("time without server is left out")
                    .isTrue();
            assertWeights(server, "HTTPRoute", 70, 30);
            try (Shop shop = new Shop(server, false, failing)) {
                JsonNode status = shop.sellUntilOver(server);
                assertThat(status.path("phase").asText()).as(status.toString()).isEqualTo(end);
                assertWeights(server, "HTTPRoute", stable, canary);
            }
        }
    }

    private static void apply(RunningServer server, String yaml) throws Exception {
        server.post("/inmesh/v1/apply", yaml, "application/yaml");
    }

    private static void assertWeights(RunningServer server, String kind, int stable, int canary) throws Exception {
        JsonNode backends = server.get("/apis/gateway.networking.k8s.io/v1/namespaces/default/"
                        + kind.toLowerCase(java.util.Locale.ROOT) + "s/reviews")
                .at("/spec/rules/0/backendRefs");
        assertThat(backends.at("/0/weight").asInt()).isEqualTo(stable);
        assertThat(backends.at("/1/weight").asInt()).isEqualTo(canary);
    }

    /** A caller and two versions of what it calls, each a process of its own to the mesh. */
    private static final class Shop implements AutoCloseable {
        private static final int CALLS_A_LOOK = 50;
        private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

        private final boolean grpc;
        private final int failing;
        private final Mesh stable;
        private final Mesh canary;
        private final Mesh caller;
        private int canaryCalls;

        Shop(RunningServer server, boolean grpc, int failing) throws Exception {
            this.grpc = grpc;
            this.failing = failing;
            stable = server.join(
                    server.token("reviews", 1),
                    client -> client.service("reviews").label("version", "v1"));
            canary = server.join(
                    server.token("reviews", 1),
                    client -> client.service("reviews").label("version", "v2"));
            caller = server.join(server.token("productpage", 1), client -> client.service("productpage"));
            stable.serve(PORT_OF_STABLE);
            canary.serve(PORT_OF_CANARY);
            RunningServer.await(() -> knows("reviews-v1") && knows("reviews-v2"));
        }

        private boolean knows(String service) {
            return caller.status().clusters().stream()
                    .anyMatch(cluster -> cluster.name().endsWith("|" + service + ".default.svc.cluster.local")
                            && !cluster.endpoints().isEmpty());
        }

        /** {@return the status of the rollout once it is over, with calls until then} */
        JsonNode sellUntilOver(RunningServer server) throws Exception {
            while (true) {
                for (int i = 0; i < CALLS_A_LOOK; i++) {
                    call();
                }
                JsonNode status = server.get(STATUS).path("status");
                String phase = status.path("phase").asText();
                if (!phase.isEmpty() && !phase.equals("Pending") && !phase.equals("Progressing")) {
                    return status;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }

        private void call() {
            FakeCall call = grpc ? FakeCall.grpc("/bookinfo.Reviews/Get") : FakeCall.get("/reviews/0");
            Dispatch dispatch = Objects.requireNonNull(caller.outbound(call.to("reviews", 9080)));
            Step step = dispatch.start();
            if (step instanceof Attempt attempt) {
                boolean ofCanary = attempt.endpoint().port() == PORT_OF_CANARY;
                boolean fails = ofCanary && canaryCalls++ % 100 < failing;
                dispatch.settle(
                        attempt,
                        grpc ? Outcome.Response.grpc(fails ? 13 : 0) : Outcome.Response.http(fails ? 500 : 200));
            }
        }

        @Override
        public void close() {
            caller.close();
            canary.close();
            stable.close();
        }
    }
}
