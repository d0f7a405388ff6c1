package io.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.Mesh;
import io.inmesh.client.ControlClient;
import io.inmesh.client.ControlClientBuilder;
import io.inmesh.server.settings.SettingsFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A control server as it is started for users, with what tests ask of it over HTTP and the processes that join it. */
final class RunningServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final HttpClient http = HttpClient.newHttpClient();
    private final ControlServer server;
    private final Path folder;

    private RunningServer(Path folder, ControlServer server) {
        this.folder = folder;
        this.server = server;
    }

    /** Starts one on loopback that keeps its data in {@code folder}, with {@code settings} in YAML. */
    static RunningServer on(Path folder, String settings) throws IOException {
        Files.createDirectories(folder);
        Path file = Files.writeString(folder.resolve("server.yaml"), settings);
        return new RunningServer(
                folder,
                new ControlServer(ServerOptions.onLoopback(0, 0, folder.resolve("data"), SettingsFile.read(file))));
    }

    /** {@return a file with a new join token, for its owner's eyes only} */
    Path token(String account, int maxUses) throws Exception {
        String token = post(
                        "/api/v1/namespaces/default/serviceaccounts/" + account + "/token",
                        "{\"spec\":{\"maxUses\":" + maxUses + "}}")
                .at("/status/token")
                .asText();
        Path file = Files.createTempFile(
                folder,
                account,
                ".token",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return Files.writeString(file, token);
    }

    /** {@return a mesh that has got its certificate with {@code token}} */
    Mesh join(Path token, UnaryOperator<ControlClientBuilder> settings) {
        Mesh mesh = Mesh.builder()
                .controlPlane(settings.apply(ControlClient.builder()
                                .server("127.0.0.1:" + server.grpcPort())
                                .tokenFile(token))
                        .build())
                .build();
        await(() -> mesh.identity().current() != null);
        return mesh;
    }

    JsonNode get(String path) throws Exception {
        return body(request(path));
    }

    JsonNode post(String path, String json) throws Exception {
        return post(path, json, "application/json");
    }

    JsonNode post(String path, String text, String type) throws Exception {
        return body(request(path).header("Content-Type", type).POST(BodyPublishers.ofString(text)));
    }

    /** {@return whether a step was taken, or has to wait for somebody still (409)} */
    boolean takes(String path) throws Exception {
        HttpRequest.Builder request =
                request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString("{}"));
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isIn(200, 409);
        return response.statusCode() == 200;
    }

    JsonNode delete(String path) throws Exception {
        return body(request(path).DELETE());
    }

    /** {@return what is at {@code path} as soon as it is as wanted} */
    JsonNode await(String path, Predicate<JsonNode> reached) throws Exception {
        while (true) {
            JsonNode body = get(path);
            if (reached.test(body)) {
                return body;
            }
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    /** Returns when {@code reached} is true; what never is ends with the test's own limit. */
    static void await(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.httpPort() + path));
    }

    private JsonNode body(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isLessThan(300);
        return JSON.readTree(response.body());
    }

    @Override
    public void close() {
        server.close();
    }
}
