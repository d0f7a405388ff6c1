package io.inmesh.testkit.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** One run: make fleets and clients, say what goes wrong when, then {@link #run} once. For one thread. */
public final class Simulation {

    /** Calls under way at the end are followed for this long; what is then still open counts as not ended. */
    private static final Duration AFTERMATH = Duration.ofSeconds(30);

    private final VirtualTime time = new VirtualTime();
    private final SplittableRandom random;
    private final Network network;
    private final Tally tally = new Tally(time);

    private Simulation(long seed) {
        random = new SplittableRandom(seed);
        network = new Network(random.split());
    }

    /** {@return a simulation; the same seed and the same arrangement give the same run} */
    public static Simulation seeded(long seed) {
        return new Simulation(seed);
    }

    /** {@return its time, to schedule things by} */
    public VirtualTime time() {
        return time;
    }

    /** {@return a service of some replicas; the name is also its host} */
    public Fleet fleet(String name, FleetSpec spec) {
        return new Fleet(name, spec, time, random.split());
    }

    /** {@return a process that calls, without load of its own} */
    public ClientProcess process(ProcessSpec spec) {
        return new ClientProcess(time, network, tally, random.split(), spec);
    }

    /** {@return some equal processes that share load} */
    public Clients clients(int count, ProcessSpec spec) {
        List<ClientProcess> processes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            processes.add(process(spec));
        }
        return new Clients(time, tally, random.split(), processes);
    }

    /** Lets neighbours slow down single replicas now and then; see {@link Antagonists}. */
    public void antagonise(Fleet fleet, double factor) {
        antagonise(
                fleet,
                replica -> replica.slowness(replica.slowness() * factor),
                replica -> replica.slowness(replica.slowness() / factor));
    }

    /** Lets neighbours do something to single replicas now and then, and undo it when they leave; see {@link Antagonists}. */
    public void antagonise(Fleet fleet, Consumer<Replica> begin, Consumer<Replica> end) {
        Antagonists.disturb(fleet, begin, end, time, random.split());
    }

    /** Does something at a moment. */
    public void at(Duration sinceStart, Runnable what) {
        time.schedule(what, sinceStart.toNanos() - time.sinceStartNanos());
    }

    /** Does something again and again, first after one period. */
    public void every(Duration period, Runnable what) {
        time.schedule(
                () -> {
                    what.run();
                    every(period, what);
                },
                period.toNanos());
    }

    /**
     * {@return what was measured}
     *
     * @param warmUp time that is simulated first and does not count
     * @param measured time whose calls count
     */
    public Report run(Duration warmUp, Duration measured) {
        long from = warmUp.toNanos();
        long until = from + measured.toNanos();
        tally.measure(from, until);
        time.runUntil(until);
        tally.arrivalsEnd();
        time.runUntil(until + AFTERMATH.toNanos());
        return tally.report();
    }
}
