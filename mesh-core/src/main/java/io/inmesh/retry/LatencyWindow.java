package io.inmesh.retry;

import io.inmesh.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How long recent answers took: a histogram of the last ten to twenty seconds with buckets 1/8 of an octave wide, so a quantile is at
 * most 13 percent too high. Lock-free.
 *
 * <p>Two histograms take turns. While the newer fills, both count; the older is emptied when it becomes the newer.
 */
final class LatencyWindow {

    /** Answers needed before a quantile means something. */
    static final int ENOUGH = 20;

    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int SUB_BITS = 3;
    private static final int BUCKETS = Long.SIZE << SUB_BITS;

    private final Clock clock;
    private final long originNanos;
    private final AtomicLong turn = new AtomicLong();
    private final AtomicLongArray[] halves = {new AtomicLongArray(BUCKETS), new AtomicLongArray(BUCKETS)};

    LatencyWindow(Clock clock) {
        this.clock = clock;
        this.originNanos = clock.nanos();
    }

    void record(long nanos) {
        halves[(int) (turn(clock.nanos()) & 1)].incrementAndGet(bucket(Math.max(1, nanos)));
    }

    /** {@return what a share of recent answers, in percent, did not exceed; {@link Long#MAX_VALUE} while there are too few} */
    long quantileNanos(double percent) {
        turn(clock.nanos());
        long total = 0;
        for (int i = 0; i < BUCKETS; i++) {
            total += count(i);
        }
        if (total < ENOUGH) {
            return Long.MAX_VALUE;
        }
        long rank = (long) Math.ceil(total * percent / 100);
        long seen = 0;
        for (int i = 0; i < BUCKETS; i++) {
            seen += count(i);
            if (seen >= rank) {
                return upperNanos(i);
            }
        }
        return Long.MAX_VALUE;
    }

    private long count(int bucket) {
        return halves[0].get(bucket) + halves[1].get(bucket);
    }

    private long turn(long nowNanos) {
        long now = Math.max(0, nowNanos - originNanos) / TURN_NANOS;
        long before = turn.get();
        if (before < now && turn.compareAndSet(before, now)) {
            if (now - before > 1) {
                clear(halves[(int) (now + 1 & 1)]);
            }
            clear(halves[(int) (now & 1)]);
        }
        return turn.get();
    }

    private static void clear(AtomicLongArray half) {
        for (int i = 0; i < BUCKETS; i++) {
            half.set(i, 0);
        }
    }

    static int bucket(long nanos) {
        int octave = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        if (octave < SUB_BITS) {
            return (int) nanos;
        }
        int sub = (int) (nanos >>> octave - SUB_BITS) & (1 << SUB_BITS) - 1;
        return octave << SUB_BITS | sub;
    }

    static long upperNanos(int bucket) {
        int octave = bucket >>> SUB_BITS;
        if (octave < SUB_BITS) {
            return bucket;
        }
        long sub = bucket & (1 << SUB_BITS) - 1;
        return ((1L << SUB_BITS) + sub + 1 << octave - SUB_BITS) - 1;
    }
}
