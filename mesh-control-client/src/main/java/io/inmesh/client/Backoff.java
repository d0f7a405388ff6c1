package io.inmesh.client;

import io.inmesh.time.Randomness;
import java.util.concurrent.TimeUnit;

/**
 * Waits between attempts to connect: on average 1 s, growing by 1.6 to 16 s, each drawn from a tenth of that to almost twice as much, so
 * that the clients of a control server that restarts, or dies and leaves them to the others, do not come together.
 *
 * <p>Source: gRPC connection backoff protocol, with a shorter cap and full jitter
 * (<a href="https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/">Brooker 2015</a>).
 */
final class Backoff {

    private static final double FIRST_MILLIS = 1000;
    private static final double FACTOR = 1.6;
    private static final double MAX_MILLIS = 16_000;

    private final Randomness randomness;
    private double nextMillis = FIRST_MILLIS;

    Backoff(Randomness randomness) {
        this.randomness = randomness;
    }

    /** {@return how long to wait now, in nanoseconds} */
    long nextNanos() {
        double base = nextMillis;
        nextMillis = Math.min(MAX_MILLIS, nextMillis * FACTOR);
        double factor = 0.1 + 1.8 * randomness.below(10_001) / 10_000.0;
        return TimeUnit.MICROSECONDS.toNanos((long) (base * factor * 1000));
    }

    /** Begins anew, after something worked. */
    void reset() {
        nextMillis = FIRST_MILLIS;
    }
}
