package io.inmesh.time;

import java.util.concurrent.ThreadLocalRandom;

/** Where the core gets chance from. Implementations are safe for use by many threads. */
public interface Randomness {

    /** A fast generator of this process; not for secrets. */
    Randomness SYSTEM = bound -> ThreadLocalRandom.current().nextLong(bound);

    /**
     * {@return a number drawn uniformly from 0 (inclusive) to {@code bound} (exclusive)}
     *
     * @param bound positive
     */
    long below(long bound);

    /** {@return an int drawn uniformly from 0 (inclusive) to {@code bound} (exclusive)} */
    default int below(int bound) {
        return (int) below((long) bound);
    }
}
