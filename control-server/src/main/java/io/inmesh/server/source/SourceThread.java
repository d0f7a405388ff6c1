package io.inmesh.server.source;

import io.inmesh.server.time.Ended;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread of a source that may wait for whatever it asks. */
public final class SourceThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SourceThread.class);

    private final ScheduledExecutorService executor;

    /** @param source whose it is, for its name */
    public SourceThread(String source) {
        executor = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "inmesh-source-" + source);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Runs a task after a pause, once what was asked for earlier and is due has run; not at all once this is closed. */
    public void after(Duration pause, Runnable task) {
        if (executor.isShutdown()) {
            return;
        }
        try {
            executor.schedule(() -> run(task), pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException closed) {
            LOG.trace("a source is closed", closed);
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("a source failed in a way it should not", e);
        }
    }

    @Override
    public void close() {
        Ended.of(executor);
    }
}
