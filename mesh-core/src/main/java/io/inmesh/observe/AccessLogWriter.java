package io.inmesh.observe;

import io.inmesh.observe.AccessLogSettings.Format;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines beside the threads that answer requests: one daemon thread, a bounded queue. When the queue is full lines are dropped and
 * counted; a request never waits for its line.
 */
final class AccessLogWriter {

    private static final Logger LOG = LoggerFactory.getLogger(AccessLogWriter.class);

    /** Lines that may wait. */
    static final int CAPACITY = 8192;

    private final BlockingQueue<AccessLogEntry> waiting;
    private final AccessLogFormat format;
    private final Consumer<String> sink;
    private final Runnable dropped;
    private final AtomicBoolean warned = new AtomicBoolean();
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    /**
     * Makes a writer, whose thread is started by the first line.
     *
     * @param sink takes lines
     * @param dropped told of every line that was dropped
     */
    AccessLogWriter(Format format, Consumer<String> sink, Runnable dropped, int capacity) {
        this.format = new AccessLogFormat(format);
        this.sink = sink;
        this.dropped = dropped;
        this.waiting = new ArrayBlockingQueue<>(capacity);
    }

    void write(AccessLogEntry entry) {
        if (closed) {
            return;
        }
        if (!waiting.offer(entry)) {
            dropped.run();
            if (warned.compareAndSet(false, true)) {
                LOG.warn("The access log cannot keep up; lines are dropped and counted as inmesh.access.log.dropped");
            }
        }
        if (!started.get() && started.compareAndSet(false, true)) {
            start();
        }
    }

    private void start() {
        Thread fresh = new Thread(this::run, "inmesh-access-log");
        fresh.setDaemon(true);
        thread = fresh;
        fresh.start();
    }

    private void run() {
        try {
            while (!closed) {
                print(waiting.take());
            }
        } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
        }
        for (AccessLogEntry left = waiting.poll(); left != null; left = waiting.poll()) {
            print(left);
        }
    }

    private void print(AccessLogEntry entry) {
        try {
            sink.accept(format.line(entry));
        } catch (RuntimeException e) {
            dropped.run();
            LOG.warn("A line of the access log could not be written", e);
        }
    }

    /** Writes what waits and ends the thread. */
    void close() {
        closed = true;
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
    }
}
