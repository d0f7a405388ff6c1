package io.inmesh.bench.scale;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.inmesh.bench.process.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The control server in a process of its own, which can be started again on the same ports and data. */
final class Server implements AutoCloseable {

    /** What its JVM is told, as docs/operations.md advises. */
    static final List<String> JVM = List.of("-Xmx1g", "-XX:+UseParallelGC");

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long PAUSE_MILLIS = 50;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path log;
    private final int meshPort = freePort();
    private final int httpPort = freePort();
    private final List<String> arguments;
    private final HttpClient http = HttpClient.newHttpClient();
    private Child process;

    /** Starts it, and waits until it is ready. */
    Server(Path folder, Path jar, String... options) throws IOException, InterruptedException {
        log = folder.resolve("control-server.log");
        arguments = new ArrayList<>(JVM);
        arguments.addAll(List.of("-jar", jar.toString(), "serve"));
        arguments.addAll(List.of("--grpc-port", Integer.toString(meshPort)));
        arguments.addAll(List.of("--http-port", Integer.toString(httpPort)));
        arguments.addAll(List.of("--data-dir", folder.resolve("data").toString()));
        arguments.addAll(List.of(options));
        process = start();
        awaitReady();
    }

    private Child start() throws IOException {
        return Child.start("control server", log, Map.of(), arguments);
    }

    /** {@return the port of discovery} */
    int meshPort() {
        return meshPort;
    }

    /** {@return the processor time it has used so far} */
    long cpuNanos() {
        return process.cpuNanos();
    }

    /** Kills it and starts it again; returns when it is ready. */
    void restart() throws IOException, InterruptedException {
        process.kill();
        process = start();
        awaitReady();
    }

    /** {@return what it takes of memory now} */
    ServerMemory memory() {
        return new ServerMemory(process.pid());
    }

    /** {@return a metric's value, summed over its tags; 0 if there is none} */
    double metric(String name) throws IOException, InterruptedException {
        return send(request("/metrics").build())
                .lines()
                .filter(line -> line.startsWith(name + " ") || line.startsWith(name + "{"))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /** Puts resources in use. */
    void apply(String yaml) throws IOException, InterruptedException {
        send(request("/inmesh/v1/apply")
                .header("Content-Type", "application/yaml")
                .POST(BodyPublishers.ofString(yaml))
                .build());
    }

    /** {@return the answer to a request for a certificate: PEM texts {@code chain} and {@code root}} */
    JsonNode certificate(String namespace, String account, String csr) throws IOException, InterruptedException {
        return JSON.readTree(send(request("/inmesh/v1/certificates")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(JSON.createObjectNode()
                        .put("namespace", namespace)
                        .put("serviceAccount", account)
                        .put("csr", csr)
                        .toString()))
                .build()));
    }

    private void awaitReady() throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() - end < 0) {
            try {
                if (http.send(request("/readyz").build(), BodyHandlers.discarding())
                                .statusCode()
                        == 200) {
                    return;
                }
            } catch (IOException notYet) {
                process.mustBeAlive();
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        throw new IOException("the control server was not ready in " + PATIENCE + ": " + process.log());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                .timeout(PATIENCE);
    }

    private String send(HttpRequest request) throws IOException, InterruptedException {
        var response = http.send(request, BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(request.uri() + ": HTTP " + response.statusCode() + " " + response.body());
        }
        return response.body();
    }

    /** Free now; what takes it in between makes the start fail, and the run with it. */
    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
