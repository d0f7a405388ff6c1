package io.inmesh.server.ads;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks one after the other, in order, on the threads of a shared pool. What they touch needs no further locking. */
final class Mailbox implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);

    private final Executor pool;
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    Mailbox(Executor pool) {
        this.pool = pool;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        takeTurn();
    }

    /** One task a turn, so that a busy stream does not keep a thread from the others. */
    private void runOne() {
        Runnable task;
        synchronized (tasks) {
            task = tasks.remove();
        }
        try {
            task.run();
        } catch (RuntimeException | StackOverflowError e) {
            // Too deep a message is the sender's fault and costs it nothing but that message.
            LOG.error("a task of a client's stream failed; the stream goes on", e);
        } finally {
            next();
        }
    }

    private void next() {
        synchronized (tasks) {
            if (tasks.isEmpty()) {
                running = false;
                return;
            }
        }
        takeTurn();
    }

    private void takeTurn() {
        try {
            pool.execute(this::runOne);
        } catch (RejectedExecutionException e) {
            LOG.debug("the server closes; what a client's stream still had to do is dropped");
        }
    }
}
