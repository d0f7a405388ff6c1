package io.inmesh.server;

import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.Timer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tasks that are done again and again, whatever becomes of one time. */
final class Regularly {

    private static final Logger LOG = LoggerFactory.getLogger(Regularly.class);

    private Regularly() {}

    /** Runs a task after every pause, the first included. */
    static void every(Duration pause, Runnable task, Timer timer) {
        timer.schedule(pause, () -> {
            try {
                task.run();
            } catch (StoreUnavailableException e) {
                LOG.warn("a regular task waits for the store: {}", e.getMessage());
            } catch (RuntimeException e) {
                LOG.error("a regular task failed; it is tried again", e);
            } finally {
                every(pause, task, timer);
            }
        });
    }
}
