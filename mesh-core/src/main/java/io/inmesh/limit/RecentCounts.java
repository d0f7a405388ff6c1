package io.inmesh.limit;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts events of a few kinds over a sliding window of ten slots. Lock-free; counts made while a slot is taken over by a newer one
 * may be lost, which a ratio does not notice.
 */
final class RecentCounts {

    private static final int SLOTS = 10;

    private final int kinds;
    private final long originNanos;
    private final long slotNanos;
    private final AtomicLongArray numbers = new AtomicLongArray(SLOTS);
    private final AtomicLongArray counts;

    RecentCounts(int kinds, long originNanos, long windowNanos) {
        this.kinds = kinds;
        this.originNanos = originNanos;
        this.slotNanos = Math.max(1, windowNanos / SLOTS);
        this.counts = new AtomicLongArray(SLOTS * kinds);
    }

    void add(int kind, long nowNanos) {
        long number = number(nowNanos);
        int slot = (int) (number % SLOTS);
        long held = numbers.get(slot);
        if (held < number && numbers.compareAndSet(slot, held, number)) {
            for (int i = 0; i < kinds; i++) {
                counts.set(slot * kinds + i, 0);
            }
        }
        counts.incrementAndGet(slot * kinds + kind);
    }

    long sum(int kind, long nowNanos) {
        long newest = number(nowNanos);
        long sum = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            long age = newest - numbers.get(slot);
            if (age >= 0 && age < SLOTS) {
                sum += counts.get(slot * kinds + kind);
            }
        }
        return sum;
    }

    /** Slots are numbered from {@code SLOTS} up, so that places never used are older than any window. */
    private long number(long nowNanos) {
        return Math.max(0, nowNanos - originNanos) / slotNanos + SLOTS;
    }
}
