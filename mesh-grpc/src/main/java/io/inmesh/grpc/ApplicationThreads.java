package io.inmesh.grpc;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads for code of the application, where gRPC does not tell which ones it has for that, and neither the timer nor the threads of
 * connections may be held up.
 *
 * <p>There are as many as tasks need, up to a bound from which on tasks wait. A thread without work ends after a while, so a set that nobody
 * uses holds nothing and needs no closing. They are daemons.
 */
final class ApplicationThreads implements Executor {

    private static final int MOST = 256;
    private static final Duration IDLE = Duration.ofSeconds(10);

    /** Tell clients how calls ended. */
    static final Executor ENDS = new ApplicationThreads("inmesh-ended", MOST, IDLE);

    /** Go on with calls of servers that had to wait for their admission. */
    static final Executor ADMITTED = new ApplicationThreads("inmesh-admitted", MOST, IDLE);

    /** Make connections that no call waits for yet, which takes a handshake's worth of work. */
    static final Executor CONNECT = new ApplicationThreads("inmesh-connect", 2, IDLE);

    private final ThreadPoolExecutor executor;

    /**
     * Makes a set without threads.
     *
     * @param name what its threads are called, with a number behind
     * @param most threads at once
     * @param idle after which a thread without work ends
     */
    ApplicationThreads(String name, int most, Duration idle) {
        AtomicInteger made = new AtomicInteger();
        Tasks tasks = new Tasks();
        executor = new ThreadPoolExecutor(
                0,
                most,
                idle.toNanos(),
                TimeUnit.NANOSECONDS,
                tasks,
                task -> {
                    Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                (task, full) -> tasks.keep(task));
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }

    /** An executor makes threads only for tasks that its queue does not take, so this one takes them for idle threads only. */
    private static final class Tasks extends LinkedTransferQueue<Runnable> {

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }

        /** Takes a task for which there may not be another thread. */
        void keep(Runnable task) {
            super.offer(task);
        }
    }
}
