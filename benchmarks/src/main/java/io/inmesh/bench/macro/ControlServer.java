package io.inmesh.bench.macro;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.bench.process.Child;
import io.inmesh.bench.process.Json;
import java.io.IOException;
import java.io.InputStream;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A control server in a process of its own, and what has to be asked of it. */
final class ControlServer implements AutoCloseable {

    private static final long START_SECONDS = 60;
    private static final long PAUSE_MILLIS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path folder;
    private final Path jar;
    private final int meshPort;
    private final int httpPort;
    private final int xdsPort;
    private final Child process;
    private final HttpClient http = HttpClient.newHttpClient();

    private ControlServer(Path folder, Path jar, List<String> options) throws IOException {
        this.folder = folder;
        this.jar = jar;
        this.meshPort = freePort();
        this.httpPort = freePort();
        this.xdsPort = freePort();
        List<String> arguments =
                new ArrayList<>(List.of("-Xmx128m", "-XX:+UseSerialGC", "-jar", jar.toString(), "serve"));
        arguments.addAll(List.of("--grpc-port", Integer.toString(meshPort)));
        arguments.addAll(List.of("--http-port", Integer.toString(httpPort)));
        arguments.addAll(List.of("--xds-plaintext-port", Integer.toString(xdsPort)));
        arguments.addAll(List.of("--trust-domain", Deployment.TRUST_DOMAIN));
        arguments.addAll(List.of("--data-dir", folder.resolve("data").toString()));
        arguments.addAll(options);
        this.process = Child.start("control server", folder.resolve("control-server.log"), Map.of(), arguments);
    }

    /** {@return a control server that answers} */
    static ControlServer start(Path folder, Path jar) throws IOException, InterruptedException {
        return start(folder, jar, List.of());
    }

    /**
     * {@return a control server that answers}
     *
     * @param options further options of {@code serve}
     */
    static ControlServer start(Path folder, Path jar, List<String> options) throws IOException, InterruptedException {
        ControlServer server = new ControlServer(folder, jar, options);
        try {
            server.awaitReady();
            return server;
        } catch (IOException | InterruptedException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** {@return where processes join} */
    String address() {
        return "localhost:" + meshPort;
    }

    /** {@return the processor time it has used so far} */
    long cpuNanos() {
        return process.cpuNanos();
    }

    /** Puts this package's {@code services.yaml} in use. */
    void apply() throws IOException, InterruptedException {
        try (InputStream yaml = ControlServer.class.getResourceAsStream("services.yaml")) {
            if (yaml == null) {
                throw new IllegalStateException("services.yaml is not on the class path");
            }
            post("/inmesh/v1/apply", "application/yaml", new String(yaml.readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** Gets a join token and writes it to a file that only this user reads. */
    void token(String account, Path file) throws IOException, InterruptedException {
        String answer = post(
                "/api/v1/namespaces/default/serviceaccounts/" + account + "/token",
                "application/json",
                "{\"spec\": {\"expirationSeconds\": 14400, \"maxUses\": 1000}}");
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(
                file, Json.MAPPER.readTree(answer).path("status").path("token").asText());
    }

    /** Ends all join tokens, once everybody has joined: they would hold the root that they pin. */
    void revokeTokens() throws IOException, InterruptedException {
        for (JsonNode token : get("/inmesh/v1/ca/tokens").path("items")) {
            send(HttpRequest.newBuilder(URI.create(
                            url("/inmesh/v1/ca/tokens?id=" + token.path("id").asText())))
                    .timeout(PATIENCE)
                    .DELETE()
                    .build());
        }
    }

    /** {@return the answer to a request for a certificate: PEM texts {@code chain} and {@code root}} */
    JsonNode certificate(String account, String csr) throws IOException, InterruptedException {
        ObjectNode request = Json.MAPPER.createObjectNode();
        request.put("namespace", "default").put("serviceAccount", account).put("csr", csr);
        return Json.MAPPER.readTree(post("/inmesh/v1/certificates", "application/json", request.toString()));
    }

    /** Writes what a stock xDS client needs. */
    void bootstrap(String account, Path target) throws IOException, InterruptedException {
        List<String> arguments = List.of(
                "-XX:TieredStopAtLevel=1",
                "-cp",
                jar.toString(),
                "io.inmesh.server.ctl.MeshCtl",
                "bootstrap",
                "--service-account",
                account,
                "--xds",
                "127.0.0.1:" + xdsPort,
                "--out",
                target.toString());
        Map<String, String> environment = Map.of("INMESH_SERVER", url(""));
        try (Child command = Child.start("meshctl", folder.resolve("meshctl.log"), environment, arguments)) {
            command.await();
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url("/readyz")))
                .timeout(PATIENCE)
                .build();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
        while (System.nanoTime() - end < 0) {
            try {
                if (http.send(request, BodyHandlers.discarding()).statusCode() == 200) {
                    return;
                }
            } catch (IOException notYet) {
                process.mustBeAlive();
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new IOException("the control server was not ready within a minute: " + process.log());
    }

    /** {@return what a GET is answered with} */
    JsonNode get(String path) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url(path))).timeout(PATIENCE).build();
        return Json.MAPPER.readTree(send(request));
    }

    /** {@return what a POST of JSON is answered with} */
    JsonNode post(String path, String json) throws IOException, InterruptedException {
        return Json.MAPPER.readTree(post(path, "application/json", json));
    }

    private String post(String path, String type, String body) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url(path)))
                .header("Content-Type", type)
                .timeout(PATIENCE)
                .POST(BodyPublishers.ofString(body))
                .build();
        return send(request);
    }

    private String send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(
                    request.method() + " " + request.uri() + ": HTTP " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    private String url(String path) {
        return "http://127.0.0.1:" + httpPort + path;
    }

    /** Free now; what takes it in between makes the start fail, and the run with it. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
