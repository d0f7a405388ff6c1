package io.inmesh.bench.simulation;

import io.inmesh.config.InboundConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.testkit.simulation.Clients;
import io.inmesh.testkit.simulation.Fleet;
import io.inmesh.testkit.simulation.FleetSpec;
import io.inmesh.testkit.simulation.ProcessSpec;
import io.inmesh.testkit.simulation.Replica;
import io.inmesh.testkit.simulation.Report;
import io.inmesh.testkit.simulation.Simulation;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** How many requests reach a service all of whose replicas answer 503, for each call somebody made: alone, and at the end of a chain. */
final class RetryStorm implements Scenario {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final double CALLS_PER_SECOND = 2000;

    @Override
    public String name() {
        return "retry-storm";
    }

    @Override
    public Table answer(Runs runs, Effort effort) {
        Table table = new Table(List.of("requests at the failing service per call", "1 tier", "3 tiers"));
        for (int retries : List.of(0, 2, 5)) {
            table.row(List.of(
                    retries == 0 ? "no retries" : "up to " + retries + " retries of 503",
                    amplification(runs, effort, retries, 1),
                    amplification(runs, effort, retries, 3)));
        }
        return table;
    }

    private static String amplification(Runs runs, Effort effort, int retries, int tiers) {
        double worst =
                effort.seeds().stream()
                        .map(seed -> runs.start(() -> run(seed, retries, tiers, effort)))
                        .toList()
                        .stream()
                        .mapToDouble(Runs::result)
                        .max()
                        .orElseThrow();
        return Figures.format("%.2f", worst);
    }

    private static double run(long seed, int retries, int tiers, Effort effort) {
        Simulation simulation = Simulation.seeded(seed);
        Fleet last = simulation.fleet("tier-" + tiers, FleetSpec.of(20));
        for (Replica replica : last.replicas()) {
            replica.failing(1, Duration.ofMillis(2));
        }
        Fleet called = last;
        for (int tier = tiers - 1; tier >= 1; tier--) {
            Fleet fleet = simulation.fleet(
                    "tier-" + tier, FleetSpec.of(20).workers(64).inbound(InboundConfig.OPEN));
            Fleet next = called;
            fleet.callsOn(next, () -> simulation.process(retrying(next, retries)));
            called = fleet;
        }
        Clients clients = simulation.clients(50, retrying(called, retries));
        clients.load(called, CALLS_PER_SECOND, TIMEOUT);
        Report report = simulation.run(Duration.ZERO, effort.measured());
        return last.received() / (double) report.calls();
    }

    private static ProcessSpec retrying(Fleet fleet, int retries) {
        RetryConfig policy = retries == 0
                ? RetryConfig.NONE
                : RetryConfig.DEFAULT.withRetries(retries).withConditions(Set.of(Condition.GATEWAY_ERROR));
        return ProcessSpec.calling(fleet).route(route -> route.withRetry(policy));
    }
}
