package io.inmesh.server.rest;

import java.util.concurrent.TimeUnit;

/** How many things may happen in a second. Not thread-safe. */
final class Pace {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final int perSecond;
    private long secondBegan;
    private int inSecond;

    /**
     * @param perSecond how many
     * @param nowNanos the present moment
     */
    Pace(int perSecond, long nowNanos) {
        this.perSecond = perSecond;
        this.secondBegan = nowNanos;
    }

    /** {@return whether one more may happen now; then it has} */
    boolean admits(long nowNanos) {
        if (nowNanos - secondBegan >= SECOND) {
            secondBegan = nowNanos;
            inSecond = 0;
        }
        if (inSecond == perSecond) {
            return false;
        }
        inSecond++;
        return true;
    }
}
