package io.inmesh.time;

/** Runs something later. The core never waits by itself; drivers and sweeps use this. */
public interface Scheduler {

    /**
     * Runs a task once after a delay, on a thread of the scheduler. The task must be short and must not block.
     *
     * @param task what to run
     * @param delayNanos how long to wait; zero or less runs it as soon as possible
     * @return a handle to cancel it
     */
    Cancellable schedule(Runnable task, long delayNanos);

    /** Something that can be called off. */
    interface Cancellable {
        /** Calls it off; does nothing if it has run or was called off before. */
        void cancel();
    }
}
