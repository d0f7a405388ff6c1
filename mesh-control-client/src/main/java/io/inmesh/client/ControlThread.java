package io.inmesh.client;

import io.inmesh.client.relay.Timers;
import io.inmesh.time.Scheduler;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that everything about the control plane happens on. What is to happen later waits with the mesh's scheduler and
 * comes back here.
 */
final class ControlThread implements Timers {

    private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);

    private final Scheduler scheduler;
    private final ExecutorService executor;
    private final Set<Scheduler.Cancellable> waiting = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    ControlThread(Scheduler scheduler) {
        this.scheduler = scheduler;
        executor = Executors.newSingleThreadExecutor(task -> {
            Thread thread = new Thread(task, "inmesh-control");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs a task after those before it; does nothing once closed. */
    @Override
    public void execute(Runnable task) {
        try {
            executor.execute(() -> guarded(task));
        } catch (RejectedExecutionException closedMeanwhile) {
            LOG.debug("an event came after the control client was closed");
        }
    }

    /**
     * Runs a task later; does nothing once closed.
     *
     * @return calls it off, if it has not begun
     */
    @Override
    public Scheduler.Cancellable schedule(Runnable task, long delayNanos) {
        AtomicReference<Scheduler.Cancellable> self = new AtomicReference<>(() -> {});
        Scheduler.Cancellable handle = scheduler.schedule(
                () -> {
                    waiting.remove(self.get());
                    execute(task);
                },
                delayNanos);
        self.set(handle);
        waiting.add(handle);
        if (closed) {
            handle.cancel();
        }
        return () -> {
            waiting.remove(handle);
            handle.cancel();
        };
    }

    private void guarded(Runnable task) {
        if (closed) {
            LOG.debug("an event was waiting when the control client was closed");
            return;
        }
        try {
            task.run();
        } catch (RuntimeException | StackOverflowError e) {
            // One event that cannot be dealt with must not end all later ones.
            LOG.error("the control client failed on an event", e);
        }
    }

    /**
     * Calls off what waits, finishes the task that has begun, and ends the thread. To be called by the last task: what came before it
     * has been done then, and what comes after it, such as an answer that was on its way, finds nothing any more that it could change.
     */
    void close() {
        closed = true;
        waiting.forEach(Scheduler.Cancellable::cancel);
        waiting.clear();
        executor.shutdown();
    }
}
