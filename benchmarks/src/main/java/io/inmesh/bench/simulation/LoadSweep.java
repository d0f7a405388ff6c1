package io.inmesh.bench.simulation;

import io.inmesh.testkit.simulation.Clients;
import io.inmesh.testkit.simulation.Fleet;
import io.inmesh.testkit.simulation.FleetSpec;
import io.inmesh.testkit.simulation.Report;
import io.inmesh.testkit.simulation.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** How late answers are from little load to too much, by algorithm: 100 clients, 50 replicas of 4 workers and 10 ms each. */
final class LoadSweep implements Scenario {

    private static final int CLIENTS = 100;
    private static final int REPLICAS = 50;
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final List<Double> LOADS = List.of(0.6, 0.75, 0.9, 1.0, 1.2);

    private final Neighbourhood neighbourhood;

    LoadSweep(Neighbourhood neighbourhood) {
        this.neighbourhood = neighbourhood;
    }

    @Override
    public String name() {
        return "load-" + neighbourhood.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Table answer(Runs runs, Effort effort) {
        return Comparison.of(
                runs,
                effort,
                "p50 / p99 / p99.9 ms, errors %",
                LOADS,
                load -> Figures.format("%.2f ×", load),
                (seed, algorithm, load) -> run(seed, algorithm, load, effort),
                Comparison::latencyAndErrors);
    }

    private Report run(long seed, Algorithm algorithm, double load, Effort effort) {
        Simulation simulation = Simulation.seeded(seed);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(REPLICAS));
        neighbourhood.settle(simulation, fleet);
        Clients clients = simulation.clients(CLIENTS, algorithm.withoutRetries(fleet));
        clients.load(fleet, load * neighbourhood.capacity() * fleet.capacity(), TIMEOUT);
        return simulation.run(effort.warmUp(), effort.measured());
    }
}
