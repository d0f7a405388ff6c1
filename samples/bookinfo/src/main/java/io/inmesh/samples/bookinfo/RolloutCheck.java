package io.inmesh.samples.bookinfo;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;

/**
 * Rolls two new versions of reviews out under load, a good one and one that fails, and prints what the rollouts did and what users saw.
 * Ends with status 1 if the good one is not promoted without an error, or the other one not taken back. Started by {@code
 * samples/bookinfo/run --rollouts}.
 */
public final class RolloutCheck {

    private static final int CALLS_A_SECOND = 40;
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final long LOOK_AGAIN_MILLIS = 500;

    private final Path folder;
    private final Shop shop;

    private RolloutCheck(Path folder, Shop shop) {
        this.folder = folder;
        this.shop = shop;
    }

    /**
     * Rolls both out.
     *
     * @param arguments folder of the rollouts, URL of the page, URL of the control server
     */
    public static void main(String[] arguments) throws Exception {
        RolloutCheck check = new RolloutCheck(Path.of(arguments[0]), new Shop(arguments[1], arguments[2]));
        boolean good = check.rollOut("reviews-v3", "Promoted", 0);
        boolean bad = check.rollOut("reviews-v2", "RolledBack", 1);
        System.out.println(good && bad ? "both rollouts ended as they should" : "a rollout did not end as it should");
        System.exit(good && bad ? 0 : 1);
    }

    private boolean rollOut(String name, String wanted, int errorsAtLeast) throws Exception {
        System.out.println("\n" + name + ", with " + CALLS_A_SECOND + " calls a second:");
        String text = Files.readString(folder.resolve(name + ".yaml"));
        // The route alone, so that what is counted begins where everything goes to v1.
        shop.apply(text.substring(0, text.indexOf("\n---\n")));
        Scenarios.until(() -> shop.count(40).keySet().equals(Set.of("v1")));
        Load load = new Load(shop, CALLS_A_SECOND);
        long begun = System.nanoTime();
        load.start();
        HttpResponse<String> applied = shop.apply(text);
        if (applied.statusCode() != 200) {
            load.stop();
            System.out.println("refused: " + applied.body());
            return false;
        }
        JsonNode status = follow(name, load, begun);
        SortedMap<String, Integer> seen = load.stop();
        long failed = failed(seen);
        long all = seen.values().stream().mapToLong(count -> count).sum();
        System.out.println("  users saw " + all + " answers: " + seen + ", " + failed + " failed");
        boolean errorsFit = errorsAtLeast == 0 ? failed == 0 : failed >= errorsAtLeast;
        return status.path("phase").asText().equals(wanted) && errorsFit;
    }

    private JsonNode follow(String name, Load load, long begun) throws Exception {
        String before = "";
        while (true) {
            JsonNode status = shop.ask("/inmesh/v1/rollouts/default/" + name).path("status");
            String now = status.path("phase").asText() + ", canary "
                    + status.at("/weights/canary").asInt() + " %: "
                    + status.path("reason").asText();
            Duration elapsed = Duration.ofNanos(System.nanoTime() - begun);
            if (status.has("phase") && !now.equals(before)) {
                System.out.println("  after " + elapsed.toSeconds() + " s, " + failed(load.seen()) + " failed: " + now);
                before = now;
            }
            String phase = status.path("phase").asText();
            if (phase.equals("Promoted") || phase.equals("RolledBack") || elapsed.compareTo(PATIENCE) > 0) {
                System.out.println(
                        "  last analysis: " + status.at("/analysis/verdict").asText() + ", "
                                + status.at("/analysis/reason").asText());
                return status;
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_AGAIN_MILLIS);
        }
    }

    /** {@return how many answers were errors, and not a version's} */
    private static long failed(SortedMap<String, Integer> seen) {
        return seen.entrySet().stream()
                .filter(answer -> !answer.getKey().matches("v[0-9]"))
                .mapToLong(answer -> answer.getValue())
                .sum();
    }
}
