package io.inmesh.samples.bookinfo;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs the tutorial's scenarios against the running shop, a line for each with what was seen; ends with status 1 if one is not as it
 * should be. Started by {@code samples/bookinfo/run --check}.
 */
public final class Check {

    private static final int CALLS = 2000;

    private final Path run;
    private final Path root;
    private final Shop shop;
    private final int grpcPort;
    private int failed;

    private Check(Map<String, String> options) {
        run = Path.of(option(options, "--run"));
        root = Path.of(option(options, "--root"));
        shop = new Shop(option(options, "--page"), option(options, "--server"));
        grpcPort = Integer.parseInt(option(options, "--grpc-port"));
    }

    private static String option(Map<String, String> options, String name) {
        String value = options.get(name);
        if (value == null) {
            throw new IllegalArgumentException(name + " is missing; samples/bookinfo/run --check sets it");
        }
        return value;
    }

    /** Runs all scenarios. */
    public static void main(String[] arguments) throws Exception {
        Map<String, String> options = new HashMap<>();
        for (int i = 0; i + 1 < arguments.length; i += 2) {
            options.put(arguments[i], arguments[i + 1]);
        }
        Check check = new Check(options);
        check.routing();
        check.faults();
        check.badInput();
        check.tutorialFiles();
        check.security();
        check.survival();
        System.out.println(check.failed == 0 ? "all scenarios hold" : check.failed + " scenarios do not hold");
        System.exit(check.failed == 0 ? 0 : 1);
    }

    private void scenario(String name, Callable<String> body) {
        long begun = System.nanoTime();
        String line;
        try {
            line = "✓ " + name + ": " + body.call();
        } catch (Exception | AssertionError e) {
            failed++;
            line = "✗ " + name + ": " + e.getMessage();
        }
        System.out.printf("%s (%.1f s)%n", line, (System.nanoTime() - begun) / 1e9);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }

    // -- routing

    private void routing() {
        scenario("everything goes to v1", () -> {
            changeTo(Rules.reviewsTo("v1"), "v1");
            TreeMap<String, Integer> counts = shop.count(200);
            require(counts.keySet().equals(java.util.Set.of("v1")), counts.toString());
            return counts.toString();
        });
        for (int second : new int[] {10, 20, 50}) {
            scenario((100 - second) + "/" + second + " between v1 and v3", () -> {
                apply(Rules.reviewsSplit("v1", 100 - second, "v3", second));
                until(() -> shop.count(40).containsKey("v3"));
                TreeMap<String, Integer> counts = shop.count(CALLS);
                double share = second / 100.0;
                double deviation = Math.sqrt(CALLS * share * (1 - share));
                int got = counts.getOrDefault("v3", 0);
                require(counts.size() == 2 && Math.abs(got - CALLS * share) <= 4 * deviation, counts.toString());
                return counts + ", within 4 standard deviations of " + Math.round(CALLS * share);
            });
        }
        scenario("a change reaches the callers in under a second", () -> {
            changeTo(Rules.reviewsTo("v1"), "v1");
            long longest = 0;
            for (int i = 0; i < 10; i++) {
                longest = Math.max(
                        longest, changeTo(Rules.reviewsTo(i % 2 == 0 ? "v3" : "v1"), i % 2 == 0 ? "v3" : "v1"));
            }
            require(longest < 1000, "it took " + longest + " ms");
            return "10 changes, the longest took " + longest + " ms from the write to the first call on it";
        });
        scenario("jason sees v2, others v1", () -> {
            apply(Rules.reviewsForJason());
            until(() -> shop.reviews("jason").equals("v2"));
            for (int i = 0; i < 50; i++) {
                require(shop.reviews("jason").equals("v2") && shop.reviews(null).equals("v1"), "a call went elsewhere");
            }
            return "50 calls each";
        });
    }

    private void faults() {
        scenario("7 s delay of ratings for jason only", () -> {
            apply(Rules.ratingsFault("delay: {percentage: {value: 100}, fixedDelay: 7s}"));
            until(() -> timed(() -> shop.get("/api/v1/products/0/reviews", "jason")) > 2000);
            long slow = timed(() -> require(
                    shop.get("/productpage", "jason").body().contains("reviews are currently unavailable"),
                    "the page is whole"));
            long fast = timed(() ->
                    require(shop.get("/productpage", null).body().contains("reviews v1"), "the page is not whole"));
            require(slow > 5000 && slow < 9000 && fast < 1000, slow + " ms and " + fast + " ms");
            return "jason's page came after " + slow + " ms without reviews, another's after " + fast + " ms";
        });
        scenario("500 of ratings for jason only", () -> {
            apply(Rules.ratingsFault("abort: {percentage: {value: 100}, httpStatus: 500}"));
            until(() -> shop.get("/productpage", "jason").body().contains("Ratings service is currently unavailable"));
            require(shop.get("/productpage", null).body().contains("reviews v1"), "another's page is not whole");
            return "jason reads that ratings are unavailable, others see the page";
        });
        scenario("the rules are gone again", () -> {
            shop.delete(Rules.ratingsFault(""));
            changeTo(Rules.reviewsTo("v1"), "v1");
            return "v1 for all";
        });
    }

    private void badInput() {
        for (Map.Entry<String, String> bad : Rules.bad().entrySet()) {
            scenario("refused: " + bad.getKey(), () -> {
                HttpResponse<String> response = shop.apply(bad.getValue());
                require(response.statusCode() == 422 || response.statusCode() == 413, "HTTP " + response.statusCode());
                require(shop.reviews(null).equals("v1"), "traffic changed");
                String text = response.body().replaceAll("\\s+", " ");
                int at = Math.max(text.indexOf("\"message\""), 0);
                return "HTTP " + response.statusCode() + " " + text.substring(at, Math.min(text.length(), at + 110))
                        + "…";
            });
        }
    }

    private void tutorialFiles() throws IOException {
        Path folder = root.resolve("../shared/istio/bookinfo/networking").normalize();
        if (!Files.isDirectory(folder)) {
            System.out.println("- the tutorial's own files are not here; skipped");
            return;
        }
        scenario("every file of the tutorial applies, or says why not", () -> {
            List<Path> files;
            try (Stream<Path> all = Files.list(folder)) {
                files = all.sorted().toList();
            }
            List<String> refused = new ArrayList<>();
            for (Path file : files) {
                HttpResponse<String> response = shop.apply(Files.readString(file));
                if (response.statusCode() != 200) {
                    require(response.body().contains("remedy"), file.getFileName() + " was refused without a remedy");
                    refused.add(file.getFileName().toString());
                }
            }
            for (Path file : files) {
                shop.delete(Files.readString(file));
            }
            apply(Files.readString(root.resolve("samples/bookinfo/config/versions.yaml")));
            changeTo(Rules.reviewsTo("v1"), "v1");
            return files.size() + " files, refused with a reason: " + refused;
        });
    }

    // -- security and survival

    private void security() {
        Path files = run.resolve("probe");
        scenario("the wire is TLS 1.3 with SPIFFE names, and who has no certificate is refused", () -> {
            meshctl("cert", "issue", "--service-account", "bookinfo-productpage", "--out", files.toString());
            Probe probe = new Probe(files);
            int port = shop.portOf("reviews");
            Probe.Seen seen = probe.get(port, true);
            require(
                    seen.protocol().equals("TLSv1.3")
                            && seen.peer().equals("spiffe://inmesh.local/ns/default/sa/bookinfo-reviews")
                            && seen.status().contains("200"),
                    seen.toString());
            String refusal;
            try {
                refusal = probe.get(port, false).status();
                require(refusal.isEmpty(), "it was answered: " + refusal);
            } catch (IOException e) {
                refusal = String.valueOf(e.getMessage());
            }
            return seen + "; without certificate: " + refusal;
        });
    }

    private void survival() {
        Processes processes = new Processes(run, root, grpcPort);
        scenario(
                "kill -9 of a replica, a graceful stop of another and kill -9 of the control server fail no call",
                () -> {
                    apply(Rules.reviewsAnywhere());
                    until(() -> shop.count(40).size() == 3);
                    Load load = new Load(shop, 300);
                    load.start();
                    TimeUnit.SECONDS.sleep(3);
                    processes.kill("reviews-v2");
                    TimeUnit.SECONDS.sleep(4);
                    processes.stop("reviews-v3");
                    TimeUnit.SECONDS.sleep(4);
                    processes.kill("control-server");
                    TimeUnit.SECONDS.sleep(4);
                    Map<String, Integer> seen = load.stop();
                    int failures = seen.entrySet().stream()
                            .filter(e -> !e.getKey().startsWith("v"))
                            .mapToInt(Map.Entry::getValue)
                            .sum();
                    require(failures == 0, seen.toString());
                    return seen + ", 0 failed";
                });
        scenario("a service restarted while the control server is down serves from its state folder", () -> {
            int port = processes.restart("reviews-v2", "reviews", "v2", "Reviews");
            long begun = System.nanoTime();
            Probe probe = new Probe(run.resolve("probe"));
            Optional<Probe.Seen> seen = Optional.empty();
            while (seen.isEmpty()
                    && System.nanoTime() - begun < Duration.ofSeconds(10).toNanos()) {
                try {
                    seen = Optional.of(probe.get(port, true));
                } catch (IOException notYet) {
                    TimeUnit.MILLISECONDS.sleep(100);
                }
            }
            require(seen.isPresent() && seen.get().status().contains("200"), "not within 10 s: " + seen);
            return "after " + (System.nanoTime() - begun) / 1_000_000 + " ms as "
                    + seen.get().peer();
        });
    }

    // -- helpers

    private void apply(String yaml) throws IOException, InterruptedException {
        HttpResponse<String> response = shop.apply(yaml);
        require(response.statusCode() == 200, "refused: " + response.body());
    }

    /** {@return milliseconds from the write until a call went where it should} */
    private long changeTo(String yaml, String version) throws Exception {
        long begun = System.nanoTime();
        apply(yaml);
        until(() -> shop.reviews(null).equals(version));
        return (System.nanoTime() - begun) / 1_000_000;
    }

    private static void until(Callable<Boolean> holds) throws Exception {
        long begun = System.nanoTime();
        while (!holds.call()) {
            require(System.nanoTime() - begun < Duration.ofSeconds(20).toNanos(), "it did not come true within 20 s");
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private static long timed(Action action) throws Exception {
        long begun = System.nanoTime();
        action.run();
        return (System.nanoTime() - begun) / 1_000_000;
    }

    private void meshctl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(root.resolve("control-server/bin/meshctl").toString()));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        require(process.waitFor() == 0, output);
    }

    /** {@return an ordered copy, for messages} */
    static Map<String, Integer> ordered(Map<String, Integer> counts) {
        return new LinkedHashMap<>(new TreeMap<>(counts));
    }
}
