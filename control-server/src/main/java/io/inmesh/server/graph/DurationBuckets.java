package io.inmesh.server.graph;

/**
 * Buckets of durations: four of equal width in each power of two from 65.536 µs to 68.7 s, one for what is shorter and one for what is
 * longer. Reports name the lower bound of a bucket, so that a process with other buckets is understood as well.
 */
final class DurationBuckets {

    private static final int LOWEST_POWER = 16;
    private static final int POWERS = 20;
    private static final int PER_POWER_BITS = 2;

    /** How many buckets there are. */
    static final int COUNT = (POWERS << PER_POWER_BITS) + 2;

    private DurationBuckets() {}

    /** {@return the bucket of a duration} */
    static int indexOf(long nanos) {
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
    static long lowerNanos(int index) {
        if (index == 0) {
            return 0;
        }
        int power = LOWEST_POWER + (index - 1 >> PER_POWER_BITS);
        int part = index - 1 & (1 << PER_POWER_BITS) - 1;
        return (1L << power) + ((long) part << power - PER_POWER_BITS);
    }

    /** {@return what stands for all durations of a bucket, in milliseconds: its middle; of the last one its lower bound} */
    static double millis(int index) {
        long lower = lowerNanos(index);
        long upper = index == COUNT - 1 ? lower : lowerNanos(index + 1);
        return (lower + upper) / 2e6;
    }
}
