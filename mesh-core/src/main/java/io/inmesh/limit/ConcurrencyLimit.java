package io.inmesh.limit;

import io.inmesh.call.Criticality;
import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * A limit on requests in flight that follows their latency. Lock-free; a request costs two atomic updates at each end.
 *
 * <p>The less critical a request, the smaller the share of the limit it may fill, so that the least critical are refused first: {@code
 * critical-plus} all of it, {@code critical} 90 percent, {@code sheddable-plus} 70, {@code sheddable} 50, and always at least one. They
 * may wait for a thread by the same shares of the longest wait.
 */
public final class ConcurrencyLimit {

    private static final int[] PERCENT = new int[Criticality.values().length];

    static {
        PERCENT[Criticality.CRITICAL_PLUS.ordinal()] = 100;
        PERCENT[Criticality.CRITICAL.ordinal()] = 90;
        PERCENT[Criticality.SHEDDABLE_PLUS.ordinal()] = 70;
        PERCENT[Criticality.SHEDDABLE.ordinal()] = 50;
    }

    private final ConcurrencyConfig config;
    private final InFlight inFlight;
    private final LatencyGradient gradient;

    /**
     * Makes a limit.
     *
     * @param config its bounds
     * @param clock its monotonic time is used
     * @param previous the limit it takes over from; what is in flight under that one stays counted. Null for none
     */
    public ConcurrencyLimit(ConcurrencyConfig config, Clock clock, @Nullable ConcurrencyLimit previous) {
        this.config = config;
        this.inFlight = previous == null ? new InFlight() : previous.inFlight;
        this.gradient = new LatencyGradient(config, clock.nanos());
    }

    /** {@return whether one more request may be in flight; if so one of the {@code end} methods must follow} */
    public boolean tryBegin(Criticality criticality) {
        boolean begun = inFlight.tryBegin(limit(criticality));
        if (begun) {
            gradient.inFlight(inFlight.count());
        } else {
            gradient.refused();
        }
        return begun;
    }

    /** Counts one request less, of whose duration nothing can be learned. */
    public void end() {
        inFlight.end();
    }

    /**
     * Counts one request less.
     *
     * @param nowNanos monotonic time
     * @param durationNanos time it took
     * @param succeeded whether the application did the work; a failure counts only if it was slow, since errors are often quicker
     *     than answers and must not look like a process with nothing to do
     */
    public void end(long nowNanos, long durationNanos, boolean succeeded) {
        inFlight.end();
        gradient.ended(nowNanos, durationNanos, succeeded);
    }

    /** {@return what it goes by} */
    public ConcurrencyConfig config() {
        return config;
    }

    /** {@return how many requests may be in flight now} */
    public int limit() {
        return gradient.limit();
    }

    /** {@return how many may be in flight for one of this class to be taken} */
    public int limit(Criticality criticality) {
        return Math.max(1, (int) ((long) gradient.limit() * PERCENT[criticality.ordinal()] / 100));
    }

    /** {@return how long one of this class may have waited for a thread to be taken; 0 for any time} */
    public long maxQueueWaitNanos(Criticality criticality) {
        return config.maxQueueWait().toNanos() / 100 * PERCENT[criticality.ordinal()];
    }

    /** {@return requests in flight} */
    public long inFlight() {
        return inFlight.count();
    }
}
