package io.inmesh.retry;

import io.inmesh.config.HedgingConfig;
import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.time.Clock;
import io.inmesh.time.Deadlines;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * When calls to one cluster are hedged: after which time, and how many of them.
 *
 * <p>The number is bounded by a share of the attempts of the last ten seconds, without any minimum: while there are few calls, none is
 * hedged.
 */
public final class Hedging {

    /** A hedge sooner than this would race with answers on their way. */
    static final long MIN_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private static final long REFRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    /** How long one request for less load holds hedges back at least. */
    private static final long HOLD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long MAX_HOLD_NANOS = TimeUnit.SECONDS.toNanos(30);

    private final HedgingConfig config;
    private final Clock clock;
    private final LatencyWindow latency;
    private final LongAdder attempts = new LongAdder();
    private final RetryBudget extra;
    private volatile long refreshedNanos;
    private volatile long delayNanos;
    private volatile long holdUntilNanos;

    /**
     * Makes hedging that has learned nothing yet.
     *
     * @param config its rules
     * @param clock its monotonic time is used
     */
    public Hedging(HedgingConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.latency = new LatencyWindow(clock);
        this.extra = new RetryBudget(
                RetryBudgetConfig.started(config.maxExtraPercent(), 0, RetryBudgetConfig.DEFAULT_INTERVAL), clock);
        this.extra.attempts(new RetryBudget.Attempts() {
            @Override
            public long started() {
                return attempts.sum();
            }

            @Override
            public long inFlight() {
                return 0;
            }
        });
        this.delayNanos = config.delay() == null
                ? Deadlines.NEVER
                : Math.max(MIN_DELAY_NANOS, config.delay().toNanos());
        this.holdUntilNanos = clock.nanos();
        this.refreshedNanos = clock.nanos() - REFRESH_NANOS;
    }

    /** {@return what it goes by} */
    public HedgingConfig config() {
        return config;
    }

    /** {@return how long a first attempt may take before it is hedged; {@link Deadlines#NEVER} while too little is known} */
    public long delayNanos() {
        long now = clock.nanos();
        if (config.delay() == null && now - refreshedNanos >= REFRESH_NANOS) {
            refreshedNanos = now;
            delayNanos = Math.max(MIN_DELAY_NANOS, latency.quantileNanos(config.percentile()));
        }
        return delayNanos;
    }

    /** Counts an attempt that is about to be sent. */
    public void sent() {
        attempts.increment();
    }

    /** Learns how long an answer took. */
    public void answered(long durationNanos) {
        if (config.delay() == null) {
            latency.record(durationNanos);
        }
    }

    /**
     * Learns that a server asked for less load; nothing is hedged for a while.
     *
     * @param pushbackMillis wait it asked for; negative if it named none
     */
    public void pushedBack(long pushbackMillis) {
        long nanos = Math.min(MAX_HOLD_NANOS, Math.max(HOLD_NANOS, TimeUnit.MILLISECONDS.toNanos(pushbackMillis)));
        holdUntilNanos = clock.nanos() + nanos;
    }

    /** {@return whether servers have asked for less load lately} */
    public boolean heldBack(long nowNanos) {
        return holdUntilNanos - nowNanos > 0;
    }

    /** {@return whether one more hedge is within the extra load; if so it is counted} */
    public boolean tryHedge() {
        boolean granted = extra.tryWithdraw();
        if (granted) {
            extra.end();
        }
        return granted;
    }

    /** {@return how it stands now, for an explanation} */
    public String words() {
        long delay = delayNanos();
        String when = delay == Deadlines.NEVER
                ? "not yet: too few answers to know what is slow"
                : "after " + TimeUnit.NANOSECONDS.toMillis(delay) + " ms";
        String held = heldBack(clock.nanos()) ? ", held back: servers ask for less load" : "";
        return "hedged " + when + ", " + (long) extra.available() + " available" + held;
    }
}
