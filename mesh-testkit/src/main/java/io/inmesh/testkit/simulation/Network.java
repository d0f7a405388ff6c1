package io.inmesh.testkit.simulation;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** The way between processes: a quarter of a millisecond each way, give or take a fifth, in no particular order. */
final class Network {

    private static final long MEAN_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

    private final SplittableRandom random;

    Network(SplittableRandom random) {
        this.random = random;
    }

    long delayNanos() {
        return MEAN_NANOS * 4 / 5 + random.nextLong(MEAN_NANOS * 2 / 5);
    }
}
