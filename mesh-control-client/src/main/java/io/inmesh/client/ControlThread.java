package io.inmesh.client;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread that everything about the control plane happens on. */
final class ControlThread {

    private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);

    private final ScheduledThreadPoolExecutor executor;

    ControlThread() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "inmesh-control");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    /** Runs a task after those before it; does nothing once closed. */
    void execute(Runnable task) {
        schedule(task, 0);
    }

    /** Runs a task later; does nothing once closed. */
    void schedule(Runnable task, long delayNanos) {
        try {
            executor.schedule(() -> guarded(task), delayNanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.debug("an event came after the control client was closed");
        }
    }

    private static void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // One event that cannot be dealt with must not end all later ones.
            LOG.error("the control client failed on an event", e);
        }
    }

    void close() {
        executor.shutdownNow();
    }
}
