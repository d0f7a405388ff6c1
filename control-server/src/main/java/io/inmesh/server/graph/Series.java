package io.inmesh.server.graph;

import org.jspecify.annotations.Nullable;

/**
 * Counts of the last hour: the last five minutes in steps of ten seconds, all of it in steps of a minute. Steps are counted from any fixed
 * moment by a clock that is never set. For one thread.
 */
final class Series {

    /** Ten-second steps in a minute. */
    static final int PER_MINUTE = 6;

    /** Ten-second steps kept, the one under way included. */
    static final int TENS = 31;

    /** Minutes kept, the one under way included. */
    static final int MINUTES = 61;

    private final byte[] @Nullable [] tens = new byte[TENS][];
    private final byte[] @Nullable [] minutes = new byte[MINUTES][];
    private long newest;
    private long bytes;

    /** Counts nothing yet; {@code step} is the ten-second step now. */
    Series(long step) {
        newest = step;
    }

    /** {@return the last step that something was added in} */
    long newest() {
        return newest;
    }

    /** {@return how many bytes of counts are kept} */
    long bytes() {
        return bytes;
    }

    /** Adds counts to a step that is no later than now; what is too long ago is left out. */
    void add(long now, long step, byte[] counts) {
        advance(now);
        if (newest - step < TENS) {
            add(tens, index(step, TENS), counts);
        }
        if (minute(newest) - minute(step) < MINUTES) {
            add(minutes, index(minute(step), MINUTES), counts);
        }
    }

    /** {@return counts of a step; empty if there are none, or the step is not kept} */
    byte[] ten(long step) {
        byte[] counts = step > newest || newest - step >= TENS ? null : tens[index(step, TENS)];
        return counts == null ? Packed.EMPTY : counts;
    }

    /** {@return counts of a minute, likewise} */
    byte[] minute(long now, long minute) {
        boolean kept = minute <= minute(newest) && minute(newest) - minute < MINUTES && minute(now) - minute < MINUTES;
        byte[] counts = kept ? minutes[index(minute, MINUTES)] : null;
        return counts == null ? Packed.EMPTY : counts;
    }

    static long minute(long step) {
        return Math.floorDiv(step, (long) PER_MINUTE);
    }

    private void advance(long now) {
        long from = newest;
        if (now <= from) {
            return;
        }
        newest = now;
        for (long step = Math.max(from + 1, now - TENS + 1); step <= now; step++) {
            empty(tens, index(step, TENS));
        }
        for (long minute = Math.max(minute(from) + 1, minute(now) - MINUTES + 1); minute <= minute(now); minute++) {
            empty(minutes, index(minute, MINUTES));
        }
    }

    private void empty(byte[] @Nullable [] ring, int at) {
        byte[] before = ring[at];
        bytes -= before == null ? 0 : before.length;
        ring[at] = null;
    }

    private void add(byte[] @Nullable [] ring, int at, byte[] counts) {
        byte[] before = ring[at];
        byte[] sum = before == null ? counts : Packed.sum(before, counts);
        bytes += sum.length - (before == null ? 0 : before.length);
        ring[at] = sum;
    }

    private static int index(long step, int length) {
        return (int) Math.floorMod(step, (long) length);
    }
}
