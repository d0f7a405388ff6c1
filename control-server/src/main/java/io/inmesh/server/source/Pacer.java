package io.inmesh.server.source;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How long to pause before a registry is asked again: not at all as a rule, about a second if it answers all the time, and ever longer up
 * to 30 s, with jitter, while it fails. For one thread.
 */
public final class Pacer {
    private static final int BURST = 2;
    private static final long REFILL_NANOS = 1_000_000_000L;
    private static final long FIRST_MILLIS = 500;
    private static final long LONGEST_MILLIS = 30_000;

    private final LongSupplier nanoTime;
    private final DoubleSupplier random;
    private double tokens = BURST;
    private long refilled;
    private int failures;

    /**
     * @param nanoTime monotonic time
     * @param random from 0 to 1
     */
    public Pacer(LongSupplier nanoTime, DoubleSupplier random) {
        this.nanoTime = nanoTime;
        this.random = random;
        this.refilled = nanoTime.getAsLong();
    }

    /** {@return the pause after an answer: a token each, two at most, one more each second} */
    public Duration afterAnswer() {
        failures = 0;
        long now = nanoTime.getAsLong();
        tokens = Math.min(BURST, tokens + (double) (now - refilled) / REFILL_NANOS) - 1;
        refilled = now;
        return tokens >= 0 ? Duration.ZERO : Duration.ofNanos((long) (-tokens * REFILL_NANOS));
    }

    /** {@return the pause after a failure: half to all of a time that doubles} */
    public Duration afterFailure() {
        long most = Math.min(LONGEST_MILLIS, FIRST_MILLIS << Math.min(failures++, 10));
        return Duration.ofMillis((long) (most * (0.5 + random.getAsDouble() / 2)));
    }
}
