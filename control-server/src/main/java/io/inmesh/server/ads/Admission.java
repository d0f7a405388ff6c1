package io.inmesh.server.ads;

import io.inmesh.server.time.Timer;

/**
 * Limits how fast clients may connect, so that a fleet that reconnects at once is served one part after the other instead of not at all.
 * A token bucket; safe for use by several threads.
 */
final class Admission {
    /** Streams admitted a second in the long run. */
    static final int PER_SECOND = 500;

    /** Streams admitted at once after a quiet time. */
    static final int BURST = 1000;

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Timer timer;
    private double tokens = BURST;
    private long lastNanos;

    Admission(Timer timer) {
        this.timer = timer;
        this.lastNanos = timer.nanoTime();
    }

    /** Whether another stream may begin now. */
    synchronized boolean admit() {
        long now = timer.nanoTime();
        tokens = Math.min(BURST, tokens + (double) (now - lastNanos) * PER_SECOND / NANOS_PER_SECOND);
        lastNanos = now;
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
