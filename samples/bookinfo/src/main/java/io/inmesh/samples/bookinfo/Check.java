package io.inmesh.samples.bookinfo;

import static io.inmesh.samples.bookinfo.Scenarios.require;
import static io.inmesh.samples.bookinfo.Scenarios.timed;
import static io.inmesh.samples.bookinfo.Scenarios.until;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs the tutorial's scenarios against the running shop, a line for each with what was seen; ends with status 1 if one is not as it
 * should be. Started by {@code samples/bookinfo/run --check}.
 */
public final class Check {

    private static final int CALLS = 2000;

    private final Scenarios scenarios = new Scenarios();
    private final Path root;
    private final Shop shop;

    private Check(Path root, Shop shop) {
        this.root = root;
        this.shop = shop;
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
        Path run = Path.of(option(options, "--run"));
        Path root = Path.of(option(options, "--root"));
        Shop shop = new Shop(option(options, "--page"), option(options, "--server"));
        Processes processes = new Processes(
                run,
                root,
                Integer.parseInt(option(options, "--grpc-port")),
                Integer.parseInt(option(options, "--xds-port")));
        Check check = new Check(root, shop);
        check.routing();
        check.faults();
        check.badInput();
        check.tutorialFiles();
        new GraphCheck(check.scenarios, shop, processes).all();
        check.changeTo(Rules.reviewsTo("v1"), "v1");
        new SecurityCheck(check.scenarios, shop, processes, run).all();
        new CutOffCheck(check.scenarios, shop, processes, run).all();
        check.apply(Rules.reviewsAnywhere());
        new SurvivalCheck(check.scenarios, shop, processes, run, Integer.parseInt(option(options, "--seconds"))).all();
        int failed = check.scenarios.failed();
        System.out.println(failed == 0 ? "all scenarios hold" : failed + " scenarios do not hold");
        System.exit(failed == 0 ? 0 : 1);
    }

    // -- routing

    private void routing() {
        scenarios.scenario("everything goes to v1", () -> {
            changeTo(Rules.reviewsTo("v1"), "v1");
            TreeMap<String, Integer> counts = shop.count(200);
            require(counts.keySet().equals(Set.of("v1")), counts.toString());
            return counts.toString();
        });
        for (int second : new int[] {10, 20, 50}) {
            scenarios.scenario((100 - second) + "/" + second + " between v1 and v3", () -> {
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
        scenarios.scenario("a change reaches the callers in under a second", () -> {
            changeTo(Rules.reviewsTo("v1"), "v1");
            long longest = 0;
            for (int i = 0; i < 10; i++) {
                longest = Math.max(
                        longest, changeTo(Rules.reviewsTo(i % 2 == 0 ? "v3" : "v1"), i % 2 == 0 ? "v3" : "v1"));
            }
            require(longest < 1000, "it took " + longest + " ms");
            return "10 changes, the longest took " + longest + " ms from the write to the first call on it";
        });
        scenarios.scenario("jason sees v2, others v1", () -> {
            apply(Rules.reviewsForJason());
            until(() -> shop.reviews("jason").equals("v2"));
            for (int i = 0; i < 50; i++) {
                require(shop.reviews("jason").equals("v2") && shop.reviews(null).equals("v1"), "a call went elsewhere");
            }
            return "50 calls each";
        });
    }

    private void faults() {
        scenarios.scenario("7 s delay of ratings for jason only", () -> {
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
        scenarios.scenario("500 of ratings for jason only", () -> {
            apply(Rules.ratingsFault("abort: {percentage: {value: 100}, httpStatus: 500}"));
            until(() -> shop.get("/productpage", "jason").body().contains("Ratings service is currently unavailable"));
            require(shop.get("/productpage", null).body().contains("reviews v1"), "another's page is not whole");
            return "jason reads that ratings are unavailable, others see the page";
        });
        scenarios.scenario("the rules are gone again", () -> {
            shop.delete(Rules.ratingsFault(""));
            changeTo(Rules.reviewsTo("v1"), "v1");
            return "v1 for all";
        });
    }

    private void badInput() {
        for (Map.Entry<String, String> bad : Rules.bad().entrySet()) {
            scenarios.scenario("refused: " + bad.getKey(), () -> {
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
            scenarios.skipped("the tutorial's own files are not here");
            return;
        }
        scenarios.scenario("every file of the tutorial applies, or says why not", () -> {
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
}
