package io.inmesh.testkit;

import io.inmesh.time.Randomness;
import java.util.SplittableRandom;

/** Chance that repeats: the same seed gives the same numbers. Thread-safe; the order of threads decides who gets which. */
public final class SeededRandomness implements Randomness {

    private final SplittableRandom random;

    /** Starts at a seed. */
    public SeededRandomness(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public synchronized long below(long bound) {
        return random.nextLong(bound);
    }
}
