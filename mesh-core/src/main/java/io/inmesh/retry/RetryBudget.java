package io.inmesh.retry;

import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How many retries all calls to one service may make together: over the last ten seconds, a share of the successes plus a floor per
 * second. When nothing succeeds any more, only the floor is left, so retries cannot keep a struggling service down.
 *
 * <p>Source: Finagle's {@code RetryBudget} (earned by successes, expiring), with Envoy's percentage as the default. Unlike a token bucket
 * it stores nothing to be spent later. Successes only ever grow, in a striped counter that many threads add to; the first of each
 * second notes what it stood at, and what was earned in the window is the difference to the oldest note. Retries are rare and are
 * counted second by second.
 *
 * <p>Lock-free. A withdrawal is counted first and taken back if it was too much, so concurrent callers never exceed the budget.
 */
public final class RetryBudget {

    /** Seconds that count. */
    static final int WINDOW_SECONDS = 10;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;
    // A slot holds the second it counts (high half) and the count (low half), so that both change in one step.
    private static final int SECOND_SHIFT = 32;
    private static final long COUNT_MASK = 0xFFFF_FFFFL;

    private final Clock clock;
    private final long originNanos;
    private final LongAdder successes = new LongAdder();
    private final AtomicInteger notedSecond = new AtomicInteger();
    private final AtomicReferenceArray<@Nullable Note> notes = new AtomicReferenceArray<>(WINDOW_SECONDS);
    private final AtomicLongArray retries = new AtomicLongArray(WINDOW_SECONDS);
    private volatile RetryBudgetConfig config;

    /** What the successes stood at when a second began. */
    private record Note(int second, long successes) {}

    /**
     * Makes a budget of which nothing is spent.
     *
     * @param config share and floor
     * @param clock its monotonic time is used
     */
    public RetryBudget(RetryBudgetConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.originNanos = clock.nanos();
        notes.set(0, new Note(0, 0));
    }

    /** Takes over another share and floor; what was counted stays. */
    public void reconfigure(RetryBudgetConfig newer) {
        config = newer;
    }

    /** Counts a success. */
    public void deposit() {
        deposit(clock.nanos());
    }

    /** Counts a success at a monotonic time the caller has read already. */
    public void deposit(long nowNanos) {
        note(second(nowNanos));
        successes.increment();
    }

    /** {@return whether one retry may be made; if so it is counted} */
    public boolean tryWithdraw() {
        int second = second(clock.nanos());
        note(second);
        addRetries(second, 1);
        if (retries(second) <= allowed(second)) {
            return true;
        }
        addRetries(second, -1);
        return false;
    }

    /** {@return retries that could be made now} */
    public double available() {
        int second = second(clock.nanos());
        note(second);
        return Math.max(0, allowed(second) - retries(second));
    }

    private double allowed(int second) {
        RetryBudgetConfig current = config;
        return (double) current.minRetriesPerSecond() * WINDOW_SECONDS
                + successesSince(second - WINDOW_SECONDS + 1) * current.percent() / 100;
    }

    /** Seconds since this budget was made; wraps after 68 years. */
    private int second(long nowNanos) {
        return (int) ((nowNanos - originNanos) / NANOS_PER_SECOND);
    }

    private void note(int second) {
        int noted = notedSecond.get();
        if (noted < second && notedSecond.compareAndSet(noted, second)) {
            notes.set(second % WINDOW_SECONDS, new Note(second, successes.sum()));
        }
    }

    private long successesSince(int second) {
        Note oldest = null;
        for (int i = 0; i < WINDOW_SECONDS; i++) {
            Note note = notes.get(i);
            if (note != null && note.second() >= second && (oldest == null || note.second() < oldest.second())) {
                oldest = note;
            }
        }
        // No note at all can only be seen while one is being written; nothing earned is the careful answer.
        return oldest == null ? 0 : successes.sum() - oldest.successes();
    }

    private void addRetries(int second, int delta) {
        int index = second % WINDOW_SECONDS;
        while (true) {
            long slot = retries.get(index);
            boolean current = (int) (slot >>> SECOND_SHIFT) == second;
            long count = (current ? slot & COUNT_MASK : 0) + delta;
            if (count < 0) {
                // The slot has moved on to another second since the count was made; there is nothing to take back.
                return;
            }
            if (retries.compareAndSet(index, slot, (long) second << SECOND_SHIFT | count)) {
                return;
            }
        }
    }

    private long retries(int second) {
        long sum = 0;
        for (int i = 0; i < WINDOW_SECONDS; i++) {
            long slot = retries.get(i);
            int age = second - (int) (slot >>> SECOND_SHIFT);
            if (age >= 0 && age < WINDOW_SECONDS) {
                sum += slot & COUNT_MASK;
            }
        }
        return sum;
    }
}
