package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.Mesh;
import io.inmesh.client.ControlClient;
import io.inmesh.client.ControlClientBuilder;
import io.inmesh.server.fixture.RestServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that know several control servers on one store. */
class MovingProcessesTest {

    private static final int PROCESSES = 6;
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    @Test
    void processesOfAServerThatStopsGoToTheOthersAndStayRegistered() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 3);
                Processes processes = new Processes(replicas)) {
            for (int server = 0; server < 3; server++) {
                awaitRegistered(replicas.get(server), PROCESSES);
            }
            String gone = "127.0.0.1:" + replicas.get(0).grpcPort();
            replicas.stop(0);

            RunningServer.await(() -> processes.clients.stream()
                    .allMatch(client -> client.status().connected()
                            && !client.status().server().equals(gone)
                            && registered(replicas.get(1)) == PROCESSES
                            && registered(replicas.get(2)) == PROCESSES
                            && metric(replicas.get(1), "inmesh_registry_suspect") == 0
                            && metric(replicas.get(2), "inmesh_registry_suspect") == 0));
        }
    }

    @Test
    void processesOfAServerThatIsCutOffFromTheStoreGoToOthersAndStayRegistered() throws Exception {
        Path settings = Files.writeString(folder.resolve("settings.yaml"), "replica: {handOverAfter: 5s}\n");
        try (Replicas replicas = Replicas.start(folder, 2, settings)) {
            CutEngine reached = new CutEngine(replicas.engine());
            try (ControlServer cut = new ControlServer(
                            ServerOptions.onLoopback(0, 0, folder.resolve("cut"), replicas.settings()), reached);
                    // All begin with the first server.
                    Processes processes = new Processes(
                            replicas,
                            builder -> builder.randomness(bound -> 0),
                            cut.grpcPort(),
                            replicas.get(0).grpcPort(),
                            replicas.get(1).grpcPort())) {
                String gone = "127.0.0.1:" + cut.grpcPort();
                awaitRegistered(replicas.get(0), PROCESSES);
                awaitRegistered(replicas.get(1), PROCESSES);
                assertThat(readiness(cut)).contains("leader: ").doesNotContain("store:", "handover:");

                reached.cut();

                RunningServer.await(() -> processes.clients.stream()
                        .allMatch(client -> client.status().connected()
                                && !client.status().server().equals(gone)
                                && registered(replicas.get(0)) == PROCESSES
                                && registered(replicas.get(1)) == PROCESSES
                                && metric(replicas.get(0), "inmesh_registry_suspect") == 0
                                && metric(replicas.get(1), "inmesh_registry_suspect") == 0));
                RunningServer.await(() -> readiness(cut).contains("handover: "));
                assertThat(readiness(cut)).contains("store: behind since", "cut off from the store");
                assertThat(ready(cut))
                        .as("it serves whoever finds nothing better")
                        .isEqualTo(200);

                reached.mend();

                RunningServer.await(() -> !readiness(cut).contains("store:"));
            }
        }
    }

    @Test
    void serverThatLeavesIsNotReadyAnyMore() throws Exception {
        try (Replicas replicas = Replicas.start(folder, 1);
                ControlServer leaving = new ControlServer(
                        ServerOptions.onLoopback(0, 0, folder.resolve("leaving"), replicas.settings()),
                        replicas.engine())) {
            assertThat(ready(leaving)).isEqualTo(200);
            leaving.leave();

            assertThat(ready(leaving)).isEqualTo(503);
        }
    }

    @Test
    void onlyServerDoesNotWaitForClientsToGoElsewhere() throws Exception {
        try (ControlServer only = new ControlServer(ServerOptions.onLoopback(0, 0, folder.resolve("only")))) {
            only.leave();

            assertThat(ready(only)).isEqualTo(200);
        }
    }

    private static int ready(ControlServer server) throws Exception {
        return HTTP.send(readyz(server), BodyHandlers.discarding()).statusCode();
    }

    private static String readiness(ControlServer server) {
        try {
            return HTTP.send(readyz(server), BodyHandlers.ofString()).body();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpRequest readyz(ControlServer server) {
        return HttpRequest.newBuilder(URI.create(server.httpUrl() + "/readyz")).build();
    }

    private static void awaitRegistered(RestServer server, int count) {
        RunningServer.await(() -> registered(server) == count);
    }

    private static long registered(RestServer server) {
        return metric(server, "inmesh_registry_workloads");
    }

    private static long metric(RestServer server, String name) {
        try {
            return new String(server.bytes("/metrics").body(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElse(-1);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Processes of one service that have joined and serve. */
    private final class Processes implements AutoCloseable {
        final List<ControlClient> clients = new ArrayList<>();
        private final List<Mesh> meshes = new ArrayList<>();

        Processes(Replicas replicas) throws Exception {
            this(
                    replicas,
                    builder -> builder,
                    IntStream.range(0, 3)
                            .map(server -> replicas.get(server).grpcPort())
                            .toArray());
        }

        Processes(Replicas replicas, UnaryOperator<ControlClientBuilder> settings, int... ports) throws Exception {
            String token = replicas.get(0)
                    .send(
                            "POST",
                            "/api/v1/namespaces/default/serviceaccounts/reviews/token",
                            "application/json",
                            "{\"spec\":{\"maxUses\":" + PROCESSES + "}}")
                    .text("/status/token");
            Path file = Files.createTempFile(
                    folder,
                    "reviews",
                    ".token",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, token);
            for (int i = 0; i < PROCESSES; i++) {
                ControlClientBuilder builder = settings.apply(
                        ControlClient.builder().service("reviews").tokenFile(file));
                for (int port : ports) {
                    builder.server("127.0.0.1:" + port);
                }
                ControlClient client = builder.build();
                clients.add(client);
                meshes.add(Mesh.builder().controlPlane(client).build());
                client.serve(Map.of("http", 9080 + i));
            }
        }

        @Override
        public void close() {
            meshes.forEach(Mesh::close);
        }
    }
}
