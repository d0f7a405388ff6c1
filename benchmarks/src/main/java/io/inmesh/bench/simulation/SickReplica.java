package io.inmesh.bench.simulation;

import io.inmesh.testkit.simulation.Clients;
import io.inmesh.testkit.simulation.Fleet;
import io.inmesh.testkit.simulation.FleetSpec;
import io.inmesh.testkit.simulation.Replica;
import io.inmesh.testkit.simulation.Report;
import io.inmesh.testkit.simulation.ServiceTime;
import io.inmesh.testkit.simulation.Simulation;
import java.time.Duration;
import java.util.List;

/**
 * What one sick replica of eleven costs without outlier detection and without retries: calls that are not answered well within a second,
 * and the share of traffic the sick one gets. After Linkerd's published experiment (2016): 1,000 calls/s, one replica at 2 s.
 */
final class SickReplica implements Scenario {

    /** What is wrong with it. */
    private enum Sickness {
        SLOW("answers after 2 s") {
            @Override
            void befall(Replica replica) {
                replica.slowness(400);
            }
        },
        FAILING("answers half with 503 at once") {
            @Override
            void befall(Replica replica) {
                replica.failing(0.5, Duration.ofNanos(200_000));
            }
        },
        STUCK("never answers") {
            @Override
            void befall(Replica replica) {
                replica.stuck();
            }
        };

        private final String label;

        Sickness(String label) {
            this.label = label;
        }

        abstract void befall(Replica replica);
    }

    /**
     * One column.
     *
     * @param sickness what is wrong
     * @param clients how many processes share the load
     */
    private record Case(Sickness sickness, int clients) {
        String heading() {
            return sickness.label + ", " + (clients == 1 ? "1 client" : clients + " clients");
        }
    }

    private static final List<Case> CASES = List.of(
            new Case(Sickness.SLOW, 1),
            new Case(Sickness.SLOW, 20),
            new Case(Sickness.FAILING, 1),
            new Case(Sickness.FAILING, 20),
            new Case(Sickness.STUCK, 1),
            new Case(Sickness.STUCK, 20));

    @Override
    public String name() {
        return "sick-replica";
    }

    @Override
    public Table answer(Runs runs, Effort effort) {
        return Comparison.of(
                runs,
                effort,
                "good within 1 s, %",
                CASES,
                Case::heading,
                (seed, algorithm, setting) -> run(seed, algorithm, setting, effort),
                reports -> Figures.format("%.2f", 100 * (1 - Figures.median(reports, Report::errorRate))));
    }

    private static Report run(long seed, Algorithm algorithm, Case setting, Effort effort) {
        Simulation simulation = Simulation.seeded(seed);
        Fleet fleet = simulation.fleet(
                "reviews", FleetSpec.of(11).workers(64).serviceTime(ServiceTime.normal(Duration.ofMillis(5))));
        simulation.at(effort.warmUp(), () -> setting.sickness.befall(fleet.replica(0)));
        Clients clients = simulation.clients(setting.clients, algorithm.withoutRetries(fleet));
        clients.load(fleet, 1000, Duration.ofSeconds(1));
        return simulation.run(effort.warmUp(), effort.measured().multipliedBy(2));
    }
}
