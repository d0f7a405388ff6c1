package io.inmesh.bench.simulation;

import io.inmesh.testkit.simulation.Clients;
import io.inmesh.testkit.simulation.Fleet;
import io.inmesh.testkit.simulation.FleetSpec;
import io.inmesh.testkit.simulation.Report;
import io.inmesh.testkit.simulation.Simulation;
import java.time.Duration;
import java.util.List;

/** What becomes of an algorithm as the same load comes from ever more processes, each of which sees less of it. */
final class ClientCount implements Scenario {

    private static final List<Integer> CLIENTS = List.of(1, 10, 100, 1000);
    private static final double LOAD = 0.75;

    @Override
    public String name() {
        return "client-count";
    }

    @Override
    public Table answer(Runs runs, Effort effort) {
        return Comparison.of(
                runs,
                effort,
                "p99 ms",
                CLIENTS,
                clients -> clients + (clients == 1 ? " client" : " clients"),
                (seed, algorithm, clients) -> run(seed, algorithm, clients, effort),
                reports -> Figures.percentile(reports, 99));
    }

    private static Report run(long seed, Algorithm algorithm, int count, Effort effort) {
        Simulation simulation = Simulation.seeded(seed);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(50));
        Neighbourhood.ANTAGONISED.settle(simulation, fleet);
        Clients clients = simulation.clients(count, algorithm.withoutRetries(fleet));
        clients.load(fleet, LOAD * fleet.capacity(), Duration.ofSeconds(5));
        return simulation.run(effort.warmUp(), effort.measured());
    }
}
