package io.inmesh.samples.bookinfo;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** Runs scenarios one after the other, prints a line for each with what was seen, and counts those that do not hold. */
final class Scenarios {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private int failed;

    /** Something that can fail. */
    interface Action {
        void run() throws Exception;
    }

    /**
     * Runs one scenario.
     *
     * @param name what has to hold
     * @param body looks whether it does, and returns what it saw
     */
    void scenario(String name, Callable<String> body) {
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

    /** Says of a part why it is left out. */
    void skipped(String why) {
        System.out.println("- " + why + "; skipped");
    }

    /** {@return how many did not hold} */
    int failed() {
        return failed;
    }

    static void require(boolean holds, String message) {
        if (!holds) {
            throw new AssertionError(message);
        }
    }

    /** Returns when something holds; gives up after twenty seconds. */
    static void until(Callable<Boolean> holds) throws Exception {
        until(PATIENCE, holds);
    }

    /** Returns when something holds; gives up after some time. */
    static void until(Duration patience, Callable<Boolean> holds) throws Exception {
        long begun = System.nanoTime();
        while (!holds.call()) {
            require(
                    System.nanoTime() - begun < patience.toNanos(),
                    "it did not come true within " + patience.toSeconds() + " s");
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** {@return milliseconds that something took} */
    static long timed(Action action) throws Exception {
        long begun = System.nanoTime();
        action.run();
        return (System.nanoTime() - begun) / 1_000_000;
    }
}
