package io.inmesh.testkit;

import io.inmesh.time.Scheduler;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Runs tasks when virtual time reaches them, on the thread that moves it, in order of time and then of scheduling. Thread-safe; tasks may
 * schedule and cancel.
 */
public final class FakeScheduler implements Scheduler {

    private final FakeClock clock;
    // Times are kept as offsets from here, since the clock has an arbitrary origin.
    private final long originNanos;
    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::dueNanos).thenComparingLong(Task::order));
    private long scheduled;

    private record Task(long dueNanos, long order, Runnable work) {}

    /** Makes a scheduler that moves this clock. */
    public FakeScheduler(FakeClock clock) {
        this.clock = clock;
        this.originNanos = clock.nanos();
    }

    /** {@return the clock it moves} */
    public FakeClock clock() {
        return clock;
    }

    @Override
    public synchronized Cancellable schedule(Runnable task, long delayNanos) {
        Task entry = new Task(elapsedNanos() + Math.max(0, delayNanos), scheduled++, task);
        tasks.add(entry);
        return () -> cancel(entry);
    }

    private synchronized void cancel(Task task) {
        tasks.remove(task);
    }

    /** Moves time forward, stopping at each task on the way to run it. */
    public void advance(Duration time) {
        long end = elapsedNanos() + time.toNanos();
        for (Task task = takeDue(end); task != null; task = takeDue(end)) {
            clock.advanceNanos(Math.max(0, task.dueNanos() - elapsedNanos()));
            task.work().run();
        }
        clock.advanceNanos(end - elapsedNanos());
    }

    /** Runs what is due now without moving time. */
    public void runDue() {
        advance(Duration.ZERO);
    }

    /** {@return tasks that wait to run} */
    public synchronized int pending() {
        return tasks.size();
    }

    /** {@return nanoseconds from now to the next task, -1 if there is none} */
    public synchronized long nextDelayNanos() {
        Task next = tasks.peek();
        return next == null ? -1 : Math.max(0, next.dueNanos() - elapsedNanos());
    }

    private synchronized @Nullable Task takeDue(long endNanos) {
        Task next = tasks.peek();
        return next != null && next.dueNanos() <= endNanos ? tasks.poll() : null;
    }

    private long elapsedNanos() {
        return clock.nanos() - originNanos;
    }
}
