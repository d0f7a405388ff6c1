package io.inmesh.server.time;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends threads so that nothing of theirs goes on: what is closed after them, or the folder they write to, may be another's next. */
public final class Ended {
    private static final Logger LOG = LoggerFactory.getLogger(Ended.class);
    private static final long PATIENCE_SECONDS = 10;

    private Ended() {}

    /** Drops what has not begun, interrupts what runs, and returns when that has ended, or with a warning after ten seconds. */
    public static void of(ExecutorService executor) {
        executor.shutdownNow();
        try {
            if (!executor.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("a task goes on though it was told to end {} s ago", PATIENCE_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
