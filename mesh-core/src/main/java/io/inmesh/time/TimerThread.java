package io.inmesh.time;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The scheduler of a running mesh: one daemon thread named {@code inmesh-timer}, started by the first task.
 *
 * <p>Tasks are short by contract, so one thread suffices. A cancelled task leaves the queue at once, so waits of cancelled calls
 * do not pile up. After {@link #close} tasks are dropped: nothing is left that could need them.
 */
public final class TimerThread implements Scheduler, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(TimerThread.class);

    private final ScheduledThreadPoolExecutor executor;

    /** Makes a scheduler without starting its thread. */
    public TimerThread() {
        executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "inmesh-timer");
            thread.setDaemon(true);
            return thread;
        });
        executor.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
        try {
            Future<?> scheduled = executor.schedule(() -> run(task), delayNanos, TimeUnit.NANOSECONDS);
            return () -> scheduled.cancel(false);
        } catch (RejectedExecutionException closed) {
            LOG.debug("The mesh is closed; a task for later is dropped");
            return () -> {};
        }
    }

    /** Drops all tasks and ends the thread. */
    @Override
    public void close() {
        executor.shutdownNow();
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A timed task failed", e);
        }
    }
}
