package io.inmesh.retry;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What an ever-growing counter grew by, and how many retries were made, within the last interval, in ten slots.
 *
 * <p>The first of each slot notes what the counter stood at; the growth is the difference to the oldest note of the interval. Retries are
 * rare and are counted slot by slot. Lock-free: a retry is counted first and taken back if it was too much.
 */
final class BudgetWindow {

    /** Parts of an interval; one leaves at a time. Envoy has as many. */
    static final int SLOTS = 10;

    // A slot holds its number (high half) and its count (low half), so that both change in one step.
    private static final int NUMBER_SHIFT = 32;
    private static final long COUNT_MASK = 0xFFFF_FFFFL;

    private final long originNanos;
    private final long slotNanos;
    private final AtomicInteger notedSlot = new AtomicInteger();
    private final AtomicReferenceArray<@Nullable Note> notes = new AtomicReferenceArray<>(SLOTS);
    private final AtomicLongArray retries = new AtomicLongArray(SLOTS);

    /** What the counter stood at when a slot began. */
    private record Note(int slot, long count) {}

    /**
     * Begins a window.
     *
     * @param nowNanos now
     * @param intervalNanos its length
     * @param count what the counter stands at
     */
    BudgetWindow(long nowNanos, long intervalNanos, long count) {
        this.originNanos = nowNanos;
        this.slotNanos = Math.max(1, intervalNanos / SLOTS);
        notes.set(0, new Note(0, count));
    }

    /** {@return the number of the slot a moment is in; with the shortest sensible slots it wraps after years} */
    int slot(long nowNanos) {
        return (int) Math.max(0, (nowNanos - originNanos) / slotNanos);
    }

    /** {@return whether nobody has noted the counter in a slot yet, and the caller now has to} */
    boolean opens(int slot) {
        int noted = notedSlot.get();
        return noted < slot && notedSlot.compareAndSet(noted, slot);
    }

    /** Notes what the counter stands at when a slot begins. */
    void note(int slot, long count) {
        notes.set(slot % SLOTS, new Note(slot, count));
    }

    /** {@return what the counter grew by within the interval} */
    long growth(int slot, long count) {
        int first = slot - SLOTS + 1;
        Note oldest = null;
        for (int i = 0; i < SLOTS; i++) {
            Note note = notes.get(i);
            if (note != null && note.slot() >= first && (oldest == null || note.slot() < oldest.slot())) {
                oldest = note;
            }
        }
        // No note at all can only be seen while one is being written; nothing earned is the careful answer.
        return oldest == null ? 0 : Math.max(0, count - oldest.count());
    }

    /** Counts retries in a slot. */
    void addRetries(int slot, int delta) {
        int index = slot % SLOTS;
        while (true) {
            long held = retries.get(index);
            boolean current = (int) (held >>> NUMBER_SHIFT) == slot;
            long count = (current ? held & COUNT_MASK : 0) + delta;
            if (count < 0) {
                // The place has moved on to another slot since the count was made; there is nothing to take back.
                return;
            }
            if (retries.compareAndSet(index, held, (long) slot << NUMBER_SHIFT | count)) {
                return;
            }
        }
    }

    /** {@return retries within the interval} */
    long retries(int slot) {
        long sum = 0;
        for (int i = 0; i < SLOTS; i++) {
            long held = retries.get(i);
            int age = slot - (int) (held >>> NUMBER_SHIFT);
            if (age >= 0 && age < SLOTS) {
                sum += held & COUNT_MASK;
            }
        }
        return sum;
    }
}
