package io.inmesh.tally;

/**
 * How durations are sorted: four buckets of equal width in each power of two from 65.536 µs to 68.7 s, one for what is shorter and one
 * for what is longer. Within them the middle of a bucket is at most an eighth off. Bounds are the same everywhere, so counts of several
 * processes add up.
 */
public final class LatencyBuckets {

    private static final int LOWEST_POWER = 16;
    private static final int POWERS = 20;
    private static final int PER_POWER_BITS = 2;

    /** How many buckets there are. */
    public static final int COUNT = (POWERS << PER_POWER_BITS) + 2;

    private LatencyBuckets() {}

    /** {@return the index of the bucket of a duration, from 0 to {@link #COUNT} - 1; negative durations count as none} */
    public static int indexOf(long nanos) {
        if (nanos < 1L << LOWEST_POWER) {
            return 0;
        }
        int power = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos);
        if (power >= LOWEST_POWER + POWERS) {
            return COUNT - 1;
        }
        int part = (int) (nanos >>> power - PER_POWER_BITS) & (1 << PER_POWER_BITS) - 1;
        return 1 + (power - LOWEST_POWER << PER_POWER_BITS) + part;
    }

    /** {@return the shortest duration of a bucket, in nanoseconds} */
    public static long lowerNanos(int index) {
        if (index == 0) {
            return 0;
        }
        int power = LOWEST_POWER + (index - 1 >> PER_POWER_BITS);
        int part = index - 1 & (1 << PER_POWER_BITS) - 1;
        return (1L << power) + ((long) part << power - PER_POWER_BITS);
    }
}
