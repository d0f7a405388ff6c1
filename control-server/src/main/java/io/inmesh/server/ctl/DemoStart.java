package io.inmesh.server.ctl;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.ca.SecretFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;

/** Starts the demo step by step, each when the one before it has come about. */
final class DemoStart {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final long LOOK_AGAIN_MILLIS = 250;
    private static final int LAST_WORDS = 15;
    private static final String SERVER = "control-server";
    private static final String VISITORS = "visitors";

    /** What is wrong with a shop that is broken: its ratings fail now and then, and its details take long. */
    private static final Map<String, Map<String, String>> FAULTS =
            Map.of("ratings", Map.of("FAIL_PERCENT", "30"), "details", Map.of("DELAY_MILLIS", "900"));

    private final DemoParts parts;
    private final DemoState state;
    private final PrintWriter progress;

    DemoStart(DemoParts parts, DemoState state, PrintWriter progress) {
        this.parts = parts;
        this.state = state;
        this.progress = progress;
    }

    private interface Condition {
        boolean met() throws Failure, IOException, InterruptedException;
    }

    /**
     * Starts what does not run.
     *
     * @param ports where a demo that does not run at all is to listen
     * @param visitors pages asked for a second
     * @param broken whether the shop has faults
     * @throws Failure if it cannot be started, or runs elsewhere
     */
    void up(DemoPorts ports, int visitors, boolean broken) throws Failure, IOException {
        if (!state.runs()) {
            ports.demandFree();
            state.begin(ports);
        } else if (!state.ports().equals(ports)) {
            throw new Failure(
                    ExitCode.FINDINGS,
                    "the demo runs at " + state.ports().shop() + " and "
                            + state.ports().server() + "; meshctl demo down stops it");
        }
        Api api = new Api(Target.of(ports.server()));
        if (!state.runs(SERVER)) {
            say("starting the control server");
            state.started(SERVER, parts.startServer(state));
        }
        await("the control server's answer", () -> ready(api));
        for (Files.Source source : Files.read(List.of(parts.bookinfo().resolve("config")))) {
            api.post("/inmesh/v1/apply?namespace=default", "application/yaml", source.text())
                    .orFail();
        }
        services(api, broken);
        await("the registration of all processes", () -> healthy(api) >= DemoParts.SERVICES.size());
        await("a whole page of the shop", this::pageIsWhole);
        if (visitors > 0 && !state.runs(VISITORS)) {
            state.started(VISITORS, parts.startVisitors(state, visitors));
        }
    }

    private void services(Api api, boolean broken) throws Failure, IOException {
        List<String> started = new ArrayList<>();
        for (DemoParts.Part part : DemoParts.SERVICES) {
            if (!state.runs(part.name())) {
                Map<String, String> fault = broken ? FAULTS.getOrDefault(part.service(), Map.of()) : Map.of();
                state.started(part.name(), parts.start(state, part, token(api, part.service()), fault));
                started.add(part.name());
            }
        }
        if (!started.isEmpty()) {
            say("starting " + String.join(", ", started));
        }
    }

    private Path token(Api api, String service) throws Failure, IOException {
        ObjectNode request = Api.JSON.createObjectNode();
        request.putObject("spec").put("expirationSeconds", Duration.ofHours(1).toSeconds());
        String token = api.post(
                        "/api/v1/namespaces/default/serviceaccounts/bookinfo-" + service + "/token",
                        "application/json",
                        request.toString())
                .orFail()
                .at("/status/token")
                .asText();
        Path file = state.folder().resolve(service + ".token");
        SecretFiles.write(file, token + "\n");
        return file;
    }

    private static boolean ready(Api api) throws Failure {
        try {
            return api.get("/inmesh/v1/session").ok();
        } catch (Failure e) {
            if (e.exitCode() == ExitCode.UNREACHABLE) {
                return false;
            }
            throw e;
        }
    }

    private static long healthy(Api api) throws Failure {
        return StreamSupport.stream(
                        api.get("/inmesh/v1/status").orFail().path("workloads").spliterator(), false)
                .filter(workload -> workload.path("health").asText().equals("HEALTHY"))
                .count();
    }

    private boolean pageIsWhole() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(state.ports().shop()))
                .timeout(Duration.ofSeconds(30))
                .build();
        try {
            return HttpClient.newHttpClient()
                    .send(request, BodyHandlers.ofString())
                    .body()
                    .contains("reviews v");
        } catch (java.net.ConnectException e) {
            return false;
        }
    }

    private void await(String what, Condition condition) throws Failure, IOException {
        long begun = System.nanoTime();
        try {
            while (!condition.met()) {
                for (String name : state.processes().keySet()) {
                    if (!state.runs(name)) {
                        throw new Failure(ExitCode.FINDINGS, name + " has ended: " + lastWords(name));
                    }
                }
                if (System.nanoTime() - begun > PATIENCE.toNanos()) {
                    throw new Failure(
                            ExitCode.TIMEOUT,
                            what + " has not come within " + PATIENCE.toMinutes() + " minutes; logs are in "
                                    + state.folder() + ", and meshctl demo down stops what runs");
                }
                TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure(ExitCode.TIMEOUT, "interrupted; meshctl demo down stops what runs");
        }
    }

    private String lastWords(String name) throws IOException {
        Path log = DemoParts.log(state, name);
        List<String> lines = java.nio.file.Files.readAllLines(log);
        return log + " ends with\n"
                + String.join("\n", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size()));
    }

    private void say(String text) {
        progress.println(text + " ...");
        progress.flush();
    }
}
