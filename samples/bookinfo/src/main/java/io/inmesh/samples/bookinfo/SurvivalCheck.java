package io.inmesh.samples.bookinfo;

import static io.inmesh.samples.bookinfo.Scenarios.require;
import static io.inmesh.samples.bookinfo.Scenarios.until;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What callers notice when processes die: nothing. Afterwards some of the shop and the control server are gone. */
final class SurvivalCheck {

    private static final int CALLS_PER_SECOND = 300;
    private static final Duration RESTART_LIMIT = Duration.ofSeconds(60);

    private final Scenarios scenarios;
    private final Shop shop;
    private final Processes processes;
    private final Path run;
    private final int seconds;

    /**
     * Makes the check.
     *
     * @param seconds how long the load lasts
     */
    SurvivalCheck(Scenarios scenarios, Shop shop, Processes processes, Path run, int seconds) {
        this.scenarios = scenarios;
        this.shop = shop;
        this.processes = processes;
        this.run = run;
        this.seconds = seconds;
    }

    void all() {
        scenarios.scenario(
                seconds + " s of " + CALLS_PER_SECOND
                        + " calls/s over kill -9 of a replica, a graceful restart of another and"
                        + " kill -9 of the control server: no call fails",
                this::underLoad);
        scenarios.scenario(
                "a service restarted while the control server is down serves from its state folder", this::restarted);
    }

    private String underLoad() throws Exception {
        until(() -> shop.count(40).size() == 3);
        Load load = new Load(shop, CALLS_PER_SECOND);
        load.start();
        pause();
        processes.kill("reviews-v2");
        pause();
        processes.stop("reviews-v3");
        processes.restart("reviews-v3", "reviews", "v3", "Reviews");
        pause();
        int before = load.seen().getOrDefault("v3", 0);
        until(() -> load.seen().getOrDefault("v3", 0) > before);
        processes.kill("control-server");
        pause();
        Map<String, Integer> seen = load.stop();
        int failures = seen.entrySet().stream()
                .filter(e -> !e.getKey().startsWith("v"))
                .mapToInt(Map.Entry::getValue)
                .sum();
        require(failures == 0, seen.toString());
        return seen + ", 0 failed";
    }

    private void pause() throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(seconds * 1000L / 4);
    }

    private String restarted() throws Exception {
        int port = processes.restart("reviews-v2", "reviews", "v2", "Reviews");
        long begun = System.nanoTime();
        Probe probe = new Probe(run.resolve("probe"));
        Optional<Probe.Seen> seen = Optional.empty();
        while (seen.isEmpty() && System.nanoTime() - begun < RESTART_LIMIT.toNanos()) {
            try {
                seen = Optional.of(probe.get(port, true));
            } catch (IOException notYet) {
                TimeUnit.MILLISECONDS.sleep(100);
            }
        }
        require(
                seen.isPresent() && seen.get().status().contains("200"),
                "not within " + RESTART_LIMIT.toSeconds() + " s: " + seen);
        return "after " + (System.nanoTime() - begun) / 1_000_000 + " ms as "
                + seen.get().peer();
    }
}
