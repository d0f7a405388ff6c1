package io.inmesh.server.ads;

import io.inmesh.server.time.Timer;

/**
 * Limits how fast clients may connect, so that a fleet that reconnects at once is served one part after the other instead of not at all.
 * A token bucket; safe for use by several threads.
 */
final class Admission {
    /** So many seconds' worth of streams are admitted at once after a quiet time. */
    static final int BURST_SECONDS = 2;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int perSecond;
    private final double most;
    private final Timer timer;
    private double tokens;
    private long lastNanos;

    /**
     * @param perSecond streams admitted a second in the long run
     */
    Admission(int perSecond, Timer timer) {
        this.perSecond = perSecond;
        this.most = (double) perSecond * BURST_SECONDS;
        this.tokens = most;
        this.timer = timer;
        this.lastNanos = timer.nanoTime();
    }

    /** Whether another stream may begin now. */
    synchronized boolean admit() {
        long now = timer.nanoTime();
        tokens = Math.min(most, tokens + (double) (now - lastNanos) * perSecond / NANOS_PER_SECOND);
        lastNanos = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
