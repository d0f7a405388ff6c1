package io.inmesh.testkit.simulation;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * Neighbours on the same machines: each replica is disturbed now and then and works more slowly meanwhile. Every 1 to 4 s a replica is hit
 * with probability 0.2 for 0.5 to 3 s, so about one in eight is disturbed at any moment.
 */
public final class Antagonists {

    private static final double PROBABILITY = 0.2;

    private final VirtualTime time;
    private final SplittableRandom random;
    private final Replica replica;
    private final double factor;

    private Antagonists(VirtualTime time, SplittableRandom random, Replica replica, double factor) {
        this.time = time;
        this.random = random;
        this.replica = replica;
        this.factor = factor;
    }

    /** Disturbs each replica of a fleet on its own, making it this many times slower. */
    static void disturb(Fleet fleet, double factor, VirtualTime time, SplittableRandom random) {
        for (Replica replica : fleet.replicas()) {
            Antagonists own = new Antagonists(time, random.split(), replica, factor);
            time.schedule(own::perhaps, own.between(0, 4_000));
        }
    }

    private void perhaps() {
        if (random.nextDouble() < PROBABILITY) {
            replica.slowness(replica.slowness() * factor);
            time.schedule(this::leave, between(500, 3_000));
        } else {
            time.schedule(this::perhaps, between(1_000, 4_000));
        }
    }

    private void leave() {
        replica.slowness(replica.slowness() / factor);
        time.schedule(this::perhaps, between(1_000, 4_000));
    }

    private long between(long fromMillis, long toMillis) {
        return TimeUnit.MILLISECONDS.toNanos(fromMillis)
                + random.nextLong(TimeUnit.MILLISECONDS.toNanos(toMillis - fromMillis));
    }
}
