package io.inmesh.limit;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket that refills evenly. Lock-free: its whole state is the time at which it will be full again, which each token taken
 * moves into the future (ITU-T I.371, "generic cell rate algorithm", in its virtual scheduling form).
 *
 * <p>Times are monotonic and compared by their difference, so it does not matter where the clock starts or that it overflows. Should the
 * clock step back all the same, the bucket counts as empty and refills from there.
 */
public final class TokenBucket {

    /** What {@link #take} returns for a token. */
    public static final long TAKEN = 0;

    private final Size size;
    private final AtomicLong fullAtNanos;

    /**
     * Measures of a bucket, shared by all buckets of a limit.
     *
     * @param tokenNanos time in which one token comes back, at least 1 ns
     * @param capacityNanos time in which an empty bucket fills
     */
    public record Size(long tokenNanos, long capacityNanos) {

        private static final long LONGEST_NANOS = Long.MAX_VALUE / 4;

        /**
         * {@return the measures of a bucket}
         *
         * <p>Rates above a million per second are kept to within 0.1 percent, since time is counted in whole nanoseconds.
         *
         * @param burst tokens in a full bucket, positive
         * @param tokens tokens that come back per interval, positive
         * @param interval the interval, positive
         */
        public static Size of(long burst, long tokens, Duration interval) {
            long tokenNanos = Math.max(1, interval.toNanos() / tokens);
            long capacityNanos = burst > LONGEST_NANOS / tokenNanos ? LONGEST_NANOS : burst * tokenNanos;
            return new Size(tokenNanos, Math.max(capacityNanos, tokenNanos));
        }
    }

    /**
     * Makes a full bucket.
     *
     * @param size its measures
     * @param nowNanos monotonic time
     */
    public TokenBucket(Size size, long nowNanos) {
        this.size = size;
        this.fullAtNanos = new AtomicLong(nowNanos);
    }

    /**
     * Takes a token if there is one.
     *
     * @param nowNanos monotonic time
     * @return {@link #TAKEN}, or how many nanoseconds from now there will be one
     */
    public long take(long nowNanos) {
        while (true) {
            long fullAt = fullAtNanos.get();
            long missingNanos = Math.min(size.capacityNanos(), Math.max(0, fullAt - nowNanos));
            long waitNanos = missingNanos + size.tokenNanos() - size.capacityNanos();
            if (waitNanos > 0) {
                long emptyAt = nowNanos + size.capacityNanos();
                if (fullAt - emptyAt <= 0 || fullAtNanos.compareAndSet(fullAt, emptyAt)) {
                    return waitNanos;
                }
            } else if (fullAtNanos.compareAndSet(fullAt, nowNanos + missingNanos + size.tokenNanos())) {
                return TAKEN;
            }
        }
    }

    /** Gives back a token that was taken for something that did not happen. */
    public void giveBack() {
        fullAtNanos.addAndGet(-size.tokenNanos());
    }

    /** {@return how long until it is full if nobody takes anything, 0 if it is} */
    public long nanosToFull(long nowNanos) {
        return Math.max(0, fullAtNanos.get() - nowNanos);
    }
}
