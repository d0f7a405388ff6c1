package io.inmesh.limit;

import io.inmesh.call.Criticality;
import io.inmesh.config.ThrottlingConfig;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.concurrent.TimeUnit;

/**
 * Refuses calls to a cluster whose servers say that they are overloaded, in proportion to how many they refuse.
 *
 * <p>It saves servers the cost of refusing; it cannot protect a server that never refuses. Only explicit refusals count, so
 * failures and slow answers do not throttle.
 *
 * <p>Source: Google, "Site Reliability Engineering", chapter 21; Finagle's nack admission filter for the rate below which it is off.
 */
public final class Throttle {

    /** Calls per second below which nothing is refused: too few to tell. */
    static final double MIN_RATE = 5;

    /** Multiplier of calls below the usual criticality. */
    static final double SHEDDABLE_K = 1.5;

    private static final int ASKED = 0;
    private static final int ACCEPTED = 1;
    /** Chance is drawn in parts of a million. */
    private static final int MILLION = 1_000_000;

    private final ThrottlingConfig config;
    private final Clock clock;
    private final RecentCounts counts;
    private final long fewest;

    /**
     * Makes a throttle that lets everything through until it learns otherwise.
     *
     * @param config its rules
     * @param clock its monotonic time is used
     */
    public Throttle(ThrottlingConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
        this.counts = new RecentCounts(2, clock.nanos(), config.window().toNanos());
        this.fewest = (long) (MIN_RATE * config.window().toNanos() / TimeUnit.SECONDS.toNanos(1));
    }

    /** {@return what it goes by} */
    public ThrottlingConfig config() {
        return config;
    }

    /** {@return whether a call may be sent; counts it in either case, and {@link #answered} must follow if so} */
    public boolean admits(Criticality criticality, Randomness randomness) {
        long now = clock.nanos();
        double refused = refusedShare(criticality, now);
        counts.add(ASKED, now);
        return refused <= 0 || randomness.below(MILLION) >= refused * MILLION;
    }

    /**
     * Tells how a call ended that was admitted.
     *
     * @param overloaded whether the server refused it because it has too much to do
     */
    public void answered(boolean overloaded) {
        if (!overloaded) {
            counts.add(ACCEPTED, clock.nanos());
        }
    }

    /** {@return the share of calls of a criticality that is refused now, 0 to 1} */
    public double refusedShare(Criticality criticality) {
        return refusedShare(criticality, clock.nanos());
    }

    /** {@return calls asked for within the window} */
    public long asked() {
        return counts.sum(ASKED, clock.nanos());
    }

    /** {@return calls within the window that no server refused} */
    public long accepted() {
        return counts.sum(ACCEPTED, clock.nanos());
    }

    private double refusedShare(Criticality criticality, long now) {
        long asked = counts.sum(ASKED, now);
        if (asked < fewest) {
            return 0;
        }
        double k = criticality.compareTo(Criticality.CRITICAL) > 0 ? Math.min(config.k(), SHEDDABLE_K) : config.k();
        double share = (asked - k * counts.sum(ACCEPTED, now)) / (asked + 1.0);
        return Math.max(0, Math.min(config.maxPercent() / 100, share));
    }
}
