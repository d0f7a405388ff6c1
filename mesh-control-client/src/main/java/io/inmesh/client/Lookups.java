package io.inmesh.client;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that look host names up: a few, so that one name server that hangs does not hold up all names, and none while there is
 * nothing to look up.
 */
final class Lookups implements Executor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Lookups.class);
    private static final int THREADS = 4;
    private static final int IDLE_SECONDS = 10;

    private final ThreadPoolExecutor executor;

    Lookups() {
        AtomicInteger number = new AtomicInteger();
        executor = new ThreadPoolExecutor(
                THREADS, THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "inmesh-names-" + number.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                });
        executor.allowCoreThreadTimeOut(true);
    }

    @Override
    public void execute(Runnable lookup) {
        try {
            executor.execute(lookup);
        } catch (RejectedExecutionException closedMeanwhile) {
            LOG.debug("a host name was to be looked up after the control client was closed");
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
