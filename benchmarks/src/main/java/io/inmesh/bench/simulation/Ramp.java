package io.inmesh.bench.simulation;

import io.inmesh.testkit.simulation.Clients;
import io.inmesh.testkit.simulation.Fleet;
import io.inmesh.testkit.simulation.FleetSpec;
import io.inmesh.testkit.simulation.Replica;
import io.inmesh.testkit.simulation.Report;
import io.inmesh.testkit.simulation.Simulation;
import java.time.Duration;
import java.util.List;

/**
 * The load ramp of Prequal's evaluation (NSDI 2024, figure 6): 100 clients, 100 replicas that may use twice their allocation while no
 * neighbour needs the machine, load from below the allocation to far above it, callers that give up after 5 s.
 */
final class Ramp implements Scenario {

    private static final int ALLOCATED = 4;
    private static final List<Double> LOADS = List.of(0.75, 0.93, 1.03, 1.27, 1.41, 1.57, 1.74);

    @Override
    public String name() {
        return "ramp";
    }

    @Override
    public Table answer(Runs runs, Effort effort) {
        return Comparison.of(
                runs,
                effort,
                "p99 / p99.9 ms, errors %",
                LOADS,
                load -> Figures.format("%.2f ×", load),
                (seed, algorithm, load) -> run(seed, algorithm, load, effort),
                reports -> Figures.percentile(reports, 99) + " / " + Figures.percentile(reports, 99.9) + ", "
                        + Figures.errors(reports));
    }

    private static Report run(long seed, Algorithm algorithm, double load, Effort effort) {
        Simulation simulation = Simulation.seeded(seed);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(100).workers(ALLOCATED));
        double allocation = fleet.capacity();
        for (Replica replica : fleet.replicas()) {
            replica.workers(2 * ALLOCATED);
        }
        simulation.antagonise(fleet, r -> r.workers(ALLOCATED), r -> r.workers(2 * ALLOCATED));
        Clients clients = simulation.clients(100, algorithm.withoutRetries(fleet));
        clients.load(fleet, load * allocation, Duration.ofSeconds(5));
        return simulation.run(effort.warmUp(), effort.measured());
    }
}
