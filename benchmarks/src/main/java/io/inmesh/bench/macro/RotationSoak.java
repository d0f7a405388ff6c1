package io.inmesh.bench.macro;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.bench.process.Child;
import io.inmesh.bench.process.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Certificates that live for twenty seconds, a root that is replaced twice, and calls all the while: how many fail, what the longest pause is,
 * and whether a certificate of a removed root is good for anything. A control server, a server and a client, each a process.
 */
public final class RotationSoak implements AutoCloseable {

    private static final String CLIENT = "caller";
    private static final String ROOTS = "/inmesh/v1/ca/roots";
    private static final double RATE = 200;
    private static final long SECONDS = 300;
    private static final int ROTATIONS = 2;
    private static final long LOOK_AGAIN_MILLIS = 50;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    private final Path folder;
    private final ControlServer control;
    private final Child server;
    private final Child client;

    private RotationSoak(Path folder, Path jar) throws IOException, InterruptedException {
        this.folder = folder;
        Path settings = Files.writeString(folder.resolve("settings.yaml"), "authority: {leafValidity: 20s}\n");
        control = ControlServer.start(folder, jar, List.of("--config", settings.toString()));
        control.apply();
        control.token(Deployment.SECURE, token(Deployment.SECURE));
        control.token(CLIENT, token(CLIENT));
        server = Child.ofThisProgram(
                "server", folder.resolve("server.log"), environment(Deployment.SECURE), RotationServer.class);
        String httpPort = server.answer().split(" ")[0];
        client = Child.ofThisProgram(
                "client", folder.resolve("client.log"), environment(CLIENT), RotationClient.class, httpPort);
        client.answer();
        control.revokeTokens();
    }

    /**
     * Runs, prints a table and keeps it.
     *
     * @param arguments the folder for results, the control server's jar, and how many seconds if not 300
     */
    public static void main(String[] arguments) throws Exception {
        long seconds = arguments.length > 2 ? Long.parseLong(arguments[2]) : SECONDS;
        String table = RotationTable.of(run(Path.of(arguments[1]), RATE, seconds, ROTATIONS));
        System.out.println(table);
        Files.writeString(
                Files.createDirectories(Path.of(arguments[0])).resolve(LocalDate.now() + "-rotation.md"), table + "\n");
        System.exit(0);
    }

    /**
     * {@return what was seen}
     *
     * @param jar the control server
     * @param rate calls per second, of HTTP and of gRPC
     * @param seconds how long
     * @param rotations how often the root is replaced meanwhile
     */
    static Report run(Path jar, double rate, long seconds, int rotations) throws Exception {
        Path folder = Files.createTempDirectory("rotation-soak");
        try (RotationSoak soak = new RotationSoak(folder, jar)) {
            return soak.run(rate, seconds, rotations);
        }
    }

    private Report run(double rate, long seconds, int rotations) throws Exception {
        client.ask("begin " + rate + " " + seconds);
        List<RotationClient.Proof> proofs = new ArrayList<>();
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < rotations; i++) {
            TimeUnit.SECONDS.sleep(seconds / (rotations + 1));
            long began = System.nanoTime();
            rotate();
            millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            proofs.add(Json.MAPPER.readValue(client.ask("proof"), RotationClient.Proof.class));
        }
        RotationClient.Result result = Json.MAPPER.readValue(client.ask("result"), RotationClient.Result.class);
        RotationServer.Seen seen = Json.MAPPER.readValue(server.ask("seen"), RotationServer.Seen.class);
        return new Report(seconds, rate, result, seen, millis, proofs);
    }

    /** Replaces the root, each step as soon as the control server lets it. */
    private void rotate() throws IOException, InterruptedException {
        String before = active();
        String next = control.post(ROOTS, "{}").path("id").asText();
        await(body -> root(body, next).path("state").asText().equals("trusted"));
        step(next, "activate");
        step(before, "retire");
        await(body -> root(body, before).path("state").asText().equals("gone"));
    }

    /** Takes a step as soon as nobody has to be waited for; somebody may have joined since that was asked. */
    private void step(String root, String step) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        while (true) {
            try {
                control.post(ROOTS + "/" + root + "/" + step, "{}");
                return;
            } catch (IOException refused) {
                if (System.nanoTime() - end > 0
                        || !String.valueOf(refused.getMessage()).contains("HTTP 409")) {
                    throw refused;
                }
                Thread.sleep(LOOK_AGAIN_MILLIS);
            }
        }
    }

    private String active() throws IOException, InterruptedException {
        for (JsonNode root : control.get(ROOTS).path("roots")) {
            if (root.path("state").asText().equals("active")) {
                return root.path("id").asText();
            }
        }
        throw new IOException("no root is active");
    }

    private static JsonNode root(JsonNode body, String id) {
        for (JsonNode root : body.path("roots")) {
            if (root.path("id").asText().equals(id)) {
                return root;
            }
        }
        return Json.MAPPER.missingNode();
    }

    private void await(Predicate<JsonNode> reached) throws IOException, InterruptedException {
        long end = System.nanoTime() + PATIENCE_NANOS;
        JsonNode body = control.get(ROOTS);
        while (!reached.test(body)) {
            if (System.nanoTime() - end > 0) {
                throw new IOException("a step of the rotation was not reached in a minute: " + body);
            }
            Thread.sleep(LOOK_AGAIN_MILLIS);
            body = control.get(ROOTS);
        }
    }

    private Path token(String account) {
        return folder.resolve(account + ".token");
    }

    private Map<String, String> environment(String service) {
        Map<String, String> environment = new HashMap<>();
        environment.put("INMESH_CONTROL", control.address());
        environment.put("INMESH_SERVICE", service);
        environment.put("INMESH_ADDRESS", "127.0.0.1");
        environment.put("INMESH_TOKEN_FILE", token(service).toString());
        return environment;
    }

    @Override
    public void close() {
        client.close();
        server.close();
        control.close();
    }

    /**
     * What was seen.
     *
     * @param seconds how long calls were made
     * @param rate calls per second, of HTTP and of gRPC
     * @param client what the client has seen
     * @param server what the server has seen
     * @param rotationMillis how long each rotation took from its first step to its last
     * @param proofs what certificates of removed roots were good for, right after each
     */
    record Report(
            long seconds,
            double rate,
            RotationClient.Result client,
            RotationServer.Seen server,
            List<Long> rotationMillis,
            List<RotationClient.Proof> proofs) {}
}
