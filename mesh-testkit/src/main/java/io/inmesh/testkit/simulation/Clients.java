package io.inmesh.testkit.simulation;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Processes that share one stream of work, as the replicas of a front end do. */
public final class Clients {

    private final VirtualTime time;
    private final Tally tally;
    private final SplittableRandom random;
    private final List<ClientProcess> processes;

    Clients(VirtualTime time, Tally tally, SplittableRandom random, List<ClientProcess> processes) {
        this.time = time;
        this.tally = tally;
        this.random = random;
        this.processes = List.copyOf(processes);
    }

    /** {@return the processes} */
    public List<ClientProcess> processes() {
        return processes;
    }

    /** Calls a fleet at a constant rate. */
    public void load(Fleet to, double callsPerSecond, Duration timeout) {
        load(to, sinceStart -> callsPerSecond, timeout);
    }

    /**
     * Calls a fleet: arrivals are a Poisson process (an open loop: nobody waits for anybody), each at a process drawn anew.
     *
     * @param to whom
     * @param rate calls per second of all processes together, which may change over time
     * @param timeout after which a caller gives up
     */
    public void load(Fleet to, Rate rate, Duration timeout) {
        time.schedule(() -> arrive(to, rate, timeout.toNanos()), gap(rate));
    }

    /** Calls per second at a moment. */
    @FunctionalInterface
    public interface Rate {
        /** {@return calls per second, positive} */
        double at(Duration sinceStart);
    }

    private void arrive(Fleet to, Rate rate, long timeoutNanos) {
        if (tally.arrivalsEnded()) {
            return;
        }
        time.schedule(() -> arrive(to, rate, timeoutNanos), gap(rate));
        long started = time.sinceStartNanos();
        tally.callStarted(started);
        processes
                .get(random.nextInt(processes.size()))
                .call(to, time.nanos() + timeoutNanos, outcome -> tally.callEnded(started, outcome));
    }

    private long gap(Rate rate) {
        double perSecond = rate.at(Duration.ofNanos(time.sinceStartNanos()));
        return (long) (-Math.log(1 - random.nextDouble()) * TimeUnit.SECONDS.toNanos(1) / perSecond);
    }
}
