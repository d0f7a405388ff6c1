package io.inmesh.retry;

import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.config.RetryBudgetConfig.Basis;
import io.inmesh.time.Clock;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many retries all calls to one service may make together, hedges included.
 *
 * <p>By default: over the last ten seconds, a share of the successes plus a floor per second. When nothing succeeds any more, only the
 * floor is left, so retries cannot keep a struggling service down. Where a rule says so: a share of the attempts in flight, or of those
 * started within an interval, and at least a few at the same time.
 *
 * <p>Source: Finagle's {@code RetryBudget} (earned by successes, expiring); Envoy's {@code RetryBudget} for the others, which unlike Envoy's
 * count retries that have ended within the interval too, so that short ones cannot multiply. Unlike a token bucket it stores nothing to
 * be spent later. Successes only ever grow, in a striped counter that many threads add to; what was started is known already.
 *
 * <p>Lock-free. A retry is counted first and taken back if it was too much, so concurrent callers never exceed the budget.
 */
public final class RetryBudget {

    /** What is known about the attempts of a service without the budget's doing. */
    public interface Attempts {
        /** Nothing is known. */
        Attempts NONE = new Attempts() {
            @Override
            public long started() {
                return 0;
            }

            @Override
            public long inFlight() {
                return 0;
            }
        };

        /** {@return attempts ever started; shrinks only when a part of the service leaves the config} */
        long started();

        /** {@return attempts under way} */
        long inFlight();
    }

    private static final double NANOS_PER_SECOND = 1_000_000_000;

    private final Clock clock;
    private final LongAdder successes = new LongAdder();
    private final AtomicInteger retriesInFlight = new AtomicInteger();
    private volatile Attempts attempts = Attempts.NONE;
    private volatile Rules rules;

    /** A config and the window it counts in, which change together. */
    private record Rules(RetryBudgetConfig config, BudgetWindow window) {}

    /**
     * Makes a budget of which nothing is spent.
     *
     * @param config share, minimum and interval
     * @param clock its monotonic time is used
     */
    public RetryBudget(RetryBudgetConfig config, Clock clock) {
        this.clock = clock;
        this.rules = new Rules(config, window(config));
    }

    /** Takes over another config; what was counted stays, unless what is counted or for how long has changed. */
    public void reconfigure(RetryBudgetConfig newer) {
        Rules before = rules;
        boolean comparable = before.config().basis() == newer.basis()
                && before.config().interval().equals(newer.interval());
        rules = new Rules(newer, comparable ? before.window() : window(newer));
    }

    /** Tells where to ask about attempts. */
    public void attempts(Attempts known) {
        attempts = known;
    }

    /** {@return what it goes by} */
    public RetryBudgetConfig config() {
        return rules.config();
    }

    /** Counts a call that succeeded, once per call. */
    public void deposit() {
        deposit(clock.nanos());
    }

    /** Counts a call that succeeded at a monotonic time the caller has read already. */
    public void deposit(long nowNanos) {
        note(rules, nowNanos);
        successes.increment();
    }

    /** {@return whether one retry may be made; if so it is counted, and {@link #end} must follow} */
    public boolean tryWithdraw() {
        Rules current = rules;
        int slot = note(current, clock.nanos());
        int inFlight = retriesInFlight.incrementAndGet();
        current.window().addRetries(slot, 1);
        if (allows(current, slot, inFlight)) {
            return true;
        }
        current.window().addRetries(slot, -1);
        retriesInFlight.decrementAndGet();
        return false;
    }

    /** Tells that a retry has ended. */
    public void end() {
        retriesInFlight.decrementAndGet();
    }

    /** {@return retries that could be made now} */
    public double available() {
        Rules current = rules;
        int slot = note(current, clock.nanos());
        RetryBudgetConfig config = current.config();
        int inFlight = retriesInFlight.get();
        double left = config.basis() == Basis.IN_FLIGHT
                ? share(config, attempts.inFlight()) - inFlight
                : earned(current, slot) - current.window().retries(slot);
        return Math.max(0, replaces(config) ? Math.max(left, config.minimum() - inFlight) : left);
    }

    /** Whether what has been counted, the retry in question included, is within bounds. */
    private boolean allows(Rules current, int slot, int inFlight) {
        RetryBudgetConfig config = current.config();
        if (replaces(config) && inFlight <= config.minimum()) {
            return true;
        }
        return config.basis() == Basis.IN_FLIGHT
                ? inFlight <= share(config, attempts.inFlight())
                : current.window().retries(slot) <= earned(current, slot);
    }

    private double earned(Rules current, int slot) {
        RetryBudgetConfig config = current.config();
        double share = share(config, current.window().growth(slot, counted(config)));
        return replaces(config)
                ? share
                : share + config.minimum() * (config.interval().toNanos() / NANOS_PER_SECOND);
    }

    private int note(Rules current, long nowNanos) {
        int slot = current.window().slot(nowNanos);
        if (current.window().opens(slot)) {
            current.window().note(slot, counted(current.config()));
        }
        return slot;
    }

    private long counted(RetryBudgetConfig config) {
        return config.basis() == Basis.SUCCEEDED ? successes.sum() : attempts.started();
    }

    private BudgetWindow window(RetryBudgetConfig config) {
        return new BudgetWindow(clock.nanos(), config.interval().toNanos(), counted(config));
    }

    private static boolean replaces(RetryBudgetConfig config) {
        return config.replacesRetryLimit();
    }

    private static double share(RetryBudgetConfig config, long of) {
        return of * config.percent() / 100;
    }
}
