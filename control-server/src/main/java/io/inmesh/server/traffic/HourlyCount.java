package io.inmesh.server.traffic;

import java.util.Arrays;

/** A count of the last sixty minutes, in steps of one. For one thread. */
final class HourlyCount {

    private static final int MINUTES = 60;

    private final long[] counts = new long[MINUTES];
    private long newest;

    /**
     * Makes a count of zero.
     *
     * @param minute the minute now, counted from any fixed moment
     */
    HourlyCount(long minute) {
        this.newest = minute;
    }

    void add(long minute, long count) {
        advance(minute);
        counts[(int) Math.floorMod(newest, (long) MINUTES)] += count;
    }

    /** {@return what was added in the sixty minutes up to now} */
    long sum(long minute) {
        advance(minute);
        return Arrays.stream(counts).sum();
    }

    private void advance(long minute) {
        if (minute - newest >= MINUTES) {
            Arrays.fill(counts, 0);
            newest = minute;
        }
        while (newest < minute) {
            newest++;
            counts[(int) Math.floorMod(newest, (long) MINUTES)] = 0;
        }
    }
}
