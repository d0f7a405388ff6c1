package io.inmesh.endpoint;

import java.util.concurrent.atomic.AtomicLong;

/** Counts attempts and failures among them. Lock-free; both counts are one number, so they are always of the same attempts. */
public final class Tally {

    private static final int SHIFT = 32;
    private static final long ATTEMPT = 1L << SHIFT;
    private static final long FAILED_ATTEMPT = ATTEMPT + 1;

    private final AtomicLong counts = new AtomicLong();

    Tally() {}

    /** Counts an attempt. */
    public void count(boolean failed) {
        counts.addAndGet(failed ? FAILED_ATTEMPT : ATTEMPT);
    }

    /** {@return what was counted since the last time, which begins anew; to be read with {@link #attempts} and {@link #failures}} */
    public long take() {
        return counts.getAndSet(0);
    }

    /** {@return attempts in what was taken, up to 2^31-1 of them} */
    public static int attempts(long taken) {
        return (int) (taken >>> SHIFT);
    }

    /** {@return failed attempts in what was taken} */
    public static int failures(long taken) {
        return (int) taken;
    }
}
