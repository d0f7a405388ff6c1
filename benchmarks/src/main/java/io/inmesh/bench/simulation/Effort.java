package io.inmesh.bench.simulation;

import java.time.Duration;
import java.util.List;

/**
 * How long and how often a simulation runs.
 *
 * @param warmUp simulated time that does not count
 * @param measured simulated time that counts
 * @param seeds one run each
 */
record Effort(Duration warmUp, Duration measured, List<Long> seeds) {

    /** What the document is made with. */
    static final Effort FULL = new Effort(Duration.ofSeconds(3), Duration.ofSeconds(5), List.of(1L, 2L, 3L));

    /** Enough to see that a scenario works. */
    static final Effort QUICK = new Effort(Duration.ofSeconds(1), Duration.ofSeconds(2), List.of(1L));
}
