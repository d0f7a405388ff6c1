package io.inmesh.retry;

import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.time.Clock;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many retries all calls to one service may make together: over the last ten seconds, a share of the successes plus a floor per
 * second. When nothing succeeds any more, only the floor is left, so retries cannot keep a struggling service down.
 *
 * <p>Source: Finagle's {@code RetryBudget} (earned by successes, expiring), with Envoy's percentage as the default. Unlike a token bucket
 * it stores nothing to be spent later: successes and retries of each second are counted in one slot of a small ring, and a slot is
 * forgotten when its second is ten seconds old.
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
    // One slot per cache line: threads of different seconds never meet, and readers rarely disturb writers.
    private static final int SPACING = 8;

    private final Clock clock;
    private final long originNanos;
    private final AtomicLongArray successes = new AtomicLongArray(WINDOW_SECONDS * SPACING);
    private final AtomicLongArray retries = new AtomicLongArray(WINDOW_SECONDS * SPACING);
    private volatile RetryBudgetConfig config;

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
        add(successes, second(nowNanos), 1);
    }

    /** {@return whether one retry may be made; if so it is counted} */
    public boolean tryWithdraw() {
        int second = second(clock.nanos());
        add(retries, second, 1);
        if (sum(retries, second) <= allowed(second)) {
            return true;
        }
        add(retries, second, -1);
        return false;
    }

    /** {@return retries that could be made now} */
    public double available() {
        int second = second(clock.nanos());
        return Math.max(0, allowed(second) - sum(retries, second));
    }

    private double allowed(int second) {
        RetryBudgetConfig current = config;
        return (double) current.minRetriesPerSecond() * WINDOW_SECONDS
                + sum(successes, second) * current.percent() / 100;
    }

    /** Seconds since this budget was made; wraps after 68 years. */
    private int second(long nowNanos) {
        return (int) ((nowNanos - originNanos) / NANOS_PER_SECOND);
    }

    private static void add(AtomicLongArray slots, int second, int delta) {
        int index = second % WINDOW_SECONDS * SPACING;
        while (true) {
            long slot = slots.get(index);
            boolean current = (int) (slot >>> SECOND_SHIFT) == second;
            long count = (current ? slot & COUNT_MASK : 0) + delta;
            if (count < 0) {
                // The slot has moved on to another second since the count was made; there is nothing to take back.
                return;
            }
            if (slots.compareAndSet(index, slot, (long) second << SECOND_SHIFT | count)) {
                return;
            }
        }
    }

    private static long sum(AtomicLongArray slots, int second) {
        long sum = 0;
        for (int i = 0; i < WINDOW_SECONDS; i++) {
            long slot = slots.get(i * SPACING);
            int age = second - (int) (slot >>> SECOND_SHIFT);
            if (age >= 0 && age < WINDOW_SECONDS) {
                sum += slot & COUNT_MASK;
            }
        }
        return sum;
    }
}
