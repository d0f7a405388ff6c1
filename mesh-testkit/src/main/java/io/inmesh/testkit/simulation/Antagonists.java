package io.inmesh.testkit.simulation;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Neighbours on the same machines: each replica is disturbed now and then. Every 1 to 4 s a replica is hit
 * with probability 0.2 for 0.5 to 3 s, so about one in eight is disturbed at any moment.
 */
public final class Antagonists {

    private static final double PROBABILITY = 0.2;

    private final VirtualTime time;
    private final SplittableRandom random;
    private final Replica replica;
    private final Consumer<Replica> begin;
    private final Consumer<Replica> end;

    private Antagonists(
            VirtualTime time,
            SplittableRandom random,
            Replica replica,
            Consumer<Replica> begin,
            Consumer<Replica> end) {
        this.time = time;
        this.random = random;
        this.replica = replica;
        this.begin = begin;
        this.end = end;
    }

    /** Disturbs each replica of a fleet on its own. */
    static void disturb(
            Fleet fleet, Consumer<Replica> begin, Consumer<Replica> end, VirtualTime time, SplittableRandom random) {
        for (Replica replica : fleet.replicas()) {
            Antagonists own = new Antagonists(time, random.split(), replica, begin, end);
            time.schedule(own::perhaps, own.between(0, 4_000));
        }
    }

    private void perhaps() {
        if (random.nextDouble() < PROBABILITY) {
            begin.accept(replica);
            time.schedule(this::leave, between(500, 3_000));
        } else {
            time.schedule(this::perhaps, between(1_000, 4_000));
        }
    }

    private void leave() {
        end.accept(replica);
        time.schedule(this::perhaps, between(1_000, 4_000));
    }

    private long between(long fromMillis, long toMillis) {
        return TimeUnit.MILLISECONDS.toNanos(fromMillis)
                + random.nextLong(TimeUnit.MILLISECONDS.toNanos(toMillis - fromMillis));
    }
}
