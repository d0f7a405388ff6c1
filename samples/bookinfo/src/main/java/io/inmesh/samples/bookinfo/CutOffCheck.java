package io.inmesh.samples.bookinfo;

import static io.inmesh.samples.bookinfo.Scenarios.require;
import static io.inmesh.samples.bookinfo.Scenarios.until;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How somebody is kept out, and let in again: by a policy, by identity, by the serial number of a certificate. */
final class CutOffCheck {

    private static final String WHOLE = "reviews v1";
    private static final String WITHOUT = "reviews are currently unavailable";
    private static final String REVIEWS = "spiffe://inmesh.local/ns/default/sa/bookinfo-reviews";
    /** The longer somebody was out, the longer it waits before it asks again, up to half a minute. */
    private static final Duration RETURN = Duration.ofMinutes(2);

    private final Scenarios scenarios;
    private final Shop shop;
    private final Processes processes;
    private final Path run;

    CutOffCheck(Scenarios scenarios, Shop shop, Processes processes, Path run) {
        this.scenarios = scenarios;
        this.shop = shop;
        this.processes = processes;
        this.run = run;
    }

    void all() {
        policy();
        identity();
        serial();
    }

    private void policy() {
        scenarios.scenario("a DENY policy takes effect, and the refusal names it", () -> {
            until(() -> page().contains(WHOLE));
            String file = Files.writeString(run.resolve("no-reviews.yaml"), Rules.noReviewsForThePage())
                    .toString();
            long begun = System.nanoTime();
            processes.meshctl("apply", "-f", file);
            try {
                until(() -> page().contains(WITHOUT));
                long millis = since(begun);
                String explained =
                        processes.meshctl("explain", "--from", "bookinfo-productpage", "http://reviews:9080/reviews/0");
                String named = "ns[default]-policy[no-reviews-for-the-page]-rule[0]";
                require(explained.contains(named), explained);
                return "after " + millis + " ms by " + named;
            } finally {
                processes.meshctl("delete", "-f", file);
                until(() -> page().contains(WHOLE));
            }
        });
    }

    private void identity() {
        scenarios.scenario("an identity that is denied is cut off, and back when it is allowed again", () -> {
            long begun = System.nanoTime();
            processes.meshctl("ca", "deny", REVIEWS, "--reason", "a check");
            long millis;
            try {
                until(() -> page().contains(WITHOUT));
                millis = since(begun);
            } finally {
                begun = System.nanoTime();
                processes.meshctl("ca", "allow", REVIEWS);
                until(RETURN, () -> page().contains(WHOLE));
            }
            return "out after " + millis + " ms, back after " + since(begun) + " ms";
        });
    }

    private void serial() {
        scenarios.scenario("a process whose certificate is denied proves itself anew and goes on", () -> {
            // Those that have just been let in again may still be on their way back.
            until(RETURN, () -> !serial(process("reviews-")).isEmpty());
            JsonNode process = process("reviews-");
            String name = process.path("name").asText();
            String denied = serial(process);
            long begun = System.nanoTime();
            processes.meshctl("ca", "deny", denied, "--reason", "a check");
            try {
                until(RETURN, () -> {
                    String now = serial(process(name));
                    return !now.isEmpty() && !now.equals(denied);
                });
                long millis = since(begun);
                until(RETURN, () -> page().contains(WHOLE));
                return name + " has another certificate after " + millis + " ms";
            } finally {
                processes.meshctl("ca", "allow", denied);
            }
        });
    }

    private JsonNode process(String name) throws Exception {
        for (JsonNode process : shop.status().path("processes")) {
            if (process.path("name").asText().startsWith(name)) {
                return process;
            }
        }
        return MissingNode.getInstance();
    }

    private static String serial(JsonNode process) {
        return process.path("certificate").path("serial").asText();
    }

    private String page() throws Exception {
        return shop.get("/productpage", null).body();
    }

    private static long since(long begunNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
    }
}
