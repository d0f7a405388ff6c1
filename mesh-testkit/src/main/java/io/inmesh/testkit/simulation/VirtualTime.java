package io.inmesh.testkit.simulation;

import io.inmesh.time.Clock;
import io.inmesh.time.Scheduler;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Time that jumps from event to event, in order of time and then of scheduling. For one thread.
 *
 * <p>A cancelled event stays in the queue without its work until its time comes: most timers of a simulation are deadlines that are
 * called off, and removing each from the middle of the queue would cost more than everything else.
 */
public final class VirtualTime implements Clock, Scheduler {

    private static final long ORIGIN_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long ORIGIN_EPOCH_MILLIS = 1_800_000_000_000L;

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private long now = ORIGIN_NANOS;
    private long scheduled;

    /** Starts at an arbitrary moment. */
    public VirtualTime() {}

    private static final class Event implements Comparable<Event>, Cancellable {
        private final long dueNanos;
        private final long order;
        private @Nullable Runnable work;

        Event(long dueNanos, long order, Runnable work) {
            this.dueNanos = dueNanos;
            this.order = order;
            this.work = work;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(dueNanos, other.dueNanos);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }

        @Override
        public void cancel() {
            work = null;
        }
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public long epochMillis() {
        return ORIGIN_EPOCH_MILLIS + TimeUnit.NANOSECONDS.toMillis(sinceStartNanos());
    }

    /** {@return nanoseconds since the simulation began} */
    public long sinceStartNanos() {
        return now - ORIGIN_NANOS;
    }

    @Override
    public Cancellable schedule(Runnable task, long delayNanos) {
        Event event = new Event(now + Math.max(0, delayNanos), scheduled++, task);
        events.add(event);
        return event;
    }

    /** Runs everything that is due until a moment, then stops there. */
    void runUntil(long sinceStartNanos) {
        long end = ORIGIN_NANOS + sinceStartNanos;
        for (Event next = events.peek(); next != null && next.dueNanos <= end; next = events.peek()) {
            events.poll();
            Runnable work = next.work;
            if (work != null) {
                now = next.dueNanos;
                work.run();
            }
        }
        now = Math.max(now, end);
    }
}
