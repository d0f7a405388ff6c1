package io.inmesh.server.time;

import java.time.Duration;

/** Monotonic time, and tasks to run later. Safe for use by several threads. */
public interface Timer {

    /** Monotonic time in nanoseconds from an arbitrary origin; compare by subtraction only. */
    long nanoTime();

    /** Runs a short task once after {@code delay}. */
    Cancellable schedule(Duration delay, Runnable task);

    /** A task that has not necessarily run yet. */
    interface Cancellable {
        /** Calls the task off; does nothing if it has run. */
        void cancel();
    }
}
