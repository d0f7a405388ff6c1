package io.inmesh.server;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Threads that say whose they are, and keep no process alive. */
final class OwnThreads {

    /** Threads that run what streams do: they hardly ever wait. */
    static final int OF_STREAMS = Math.max(4, Runtime.getRuntime().availableProcessors() * 2);

    private OwnThreads() {}

    /** {@return so many threads called {@code name-1} and so on, for which any number of tasks may wait} */
    static ThreadPoolExecutor pool(String name, int count) {
        return new ThreadPoolExecutor(count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), named(name));
    }

    /** {@return what makes threads called {@code name-1} and so on} */
    static ThreadFactory named(String name) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
