package io.inmesh.server.handover;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Something that counts only when it has been so for a while. Not safe for use by several threads. */
final class Lasting {

    private final Duration least;
    private final RandomGenerator random;
    private boolean so;
    private long since;
    private long until;

    /**
     * @param least how long at least; each time it begins up to half as long is added, so that servers do not all act at the same moment
     * @param random how much is added
     */
    Lasting(Duration least, RandomGenerator random) {
        this.least = least;
        this.random = random;
    }

    /**
     * {@return whether it has been so for long enough}
     *
     * @param now monotonic time in nanoseconds
     * @param present whether it is so now
     */
    boolean look(long now, boolean present) {
        if (present && !so) {
            since = now;
            until = now + least.toNanos() + (long) (least.toNanos() * random.nextDouble() / 2);
        }
        so = present;
        return so && now - until >= 0;
    }

    /** {@return since when it is so, in nanoseconds; of no meaning if it is not} */
    long since() {
        return since;
    }
}
