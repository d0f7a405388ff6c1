package io.inmesh.testkit.simulation;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** How often something happened in each tenth of a second since the simulation began. */
public final class TimeLine {

    private static final long SLOT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private int[] counts = new int[256];

    TimeLine() {}

    void add(long sinceStartNanos) {
        int slot = (int) (sinceStartNanos / SLOT_NANOS);
        if (slot >= counts.length) {
            counts = Arrays.copyOf(counts, Math.max(slot + 1, counts.length * 2));
        }
        counts[slot]++;
    }

    /**
     * {@return how often per second it happened on average between two moments}
     *
     * @param from since the beginning, rounded down to a tenth of a second
     * @param to since the beginning, later
     */
    public double perSecond(Duration from, Duration to) {
        int first = slotOf(from);
        int last = slotOf(to);
        if (last <= first) {
            throw new IllegalArgumentException(
                    "from must be at least a tenth of a second before to: " + from + ", " + to);
        }
        long sum = 0;
        for (int slot = first; slot < Math.min(last, counts.length); slot++) {
            sum += counts[slot];
        }
        return sum * (double) TimeUnit.SECONDS.toNanos(1) / ((last - first) * SLOT_NANOS);
    }

    /**
     * {@return time from a moment until it first happens at a rate again, and keeps to it on average for a second; null if it never does
     * before the end}
     *
     * @param since since the beginning
     * @param perSecond the rate
     * @param end since the beginning
     */
    public @Nullable Duration timeUntil(Duration since, double perSecond, Duration end) {
        for (Duration at = since; at.plusSeconds(1).compareTo(end) <= 0; at = at.plusMillis(100)) {
            if (perSecond(at, at.plusSeconds(1)) >= perSecond) {
                return at.minus(since);
            }
        }
        return null;
    }

    private static int slotOf(Duration moment) {
        return (int) (moment.toNanos() / SLOT_NANOS);
    }
}
