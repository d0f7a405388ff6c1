package io.inmesh.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.LoadBalancer;
import io.inmesh.config.RetryConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What algorithms that go by latency and load are for, in a fleet of 50 with 100 callers. */
final class LoadAwareTest {

    @Test
    void disturbedReplicasAreAvoidedThreeTimesBetterThanByTurns() {
        Duration byTurns = disturbed(LoadBalancer.ROUND_ROBIN).percentile(99);
        Duration byOwnLoad = disturbed(LoadBalancer.LEAST_REQUEST).percentile(99);
        Duration byReport = disturbed(LoadBalancer.PROBING).percentile(99);
        assertThat(byReport.multipliedBy(3)).isLessThan(byTurns);
        assertThat(byReport).isLessThan(byOwnLoad);
    }

    @Test
    void equalReplicasAreServedNoWorse() {
        Duration byOwnLoad = equal(LoadBalancer.LEAST_REQUEST).percentile(99);
        assertThat(equal(LoadBalancer.PROBING).percentile(99)).isLessThanOrEqualTo(byOwnLoad);
    }

    @ParameterizedTest
    @EnumSource(names = {"PEAK_EWMA", "PROBING"})
    void aReplicaThatFailsFastAttractsNothing(LoadBalancer kind) {
        Simulation simulation = Simulation.seeded(5);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(10));
        fleet.replica(0).failing(1, Duration.ofNanos(200_000));
        calls(simulation, fleet, kind, 10, 0.5);
        simulation.run(Duration.ofSeconds(1), Duration.ofSeconds(4));
        assertThat(fleet.replica(0).received() / (double) fleet.received())
                .as("its share would be a tenth")
                .isLessThan(0.05 * 0.1 + 0.01);
    }

    @ParameterizedTest
    @EnumSource(names = {"PEAK_EWMA", "PROBING"})
    void aReplicaThatStopsAnsweringIsLeft(LoadBalancer kind) {
        Simulation simulation = Simulation.seeded(5);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(10));
        simulation.at(Duration.ofSeconds(1), () -> fleet.replica(0).stuck());
        calls(simulation, fleet, kind, 1, 0.5);
        Report report = simulation.run(Duration.ofSeconds(1), Duration.ofSeconds(4));
        assertThat(report.errorRate()).as("a tenth of all calls without").isLessThan(0.01);
    }

    @Test
    void theSameSeedGivesTheSameRun() {
        assertThat(disturbed(LoadBalancer.PROBING).fingerprint())
                .isEqualTo(disturbed(LoadBalancer.PROBING).fingerprint());
    }

    private static Report disturbed(LoadBalancer kind) {
        Simulation simulation = Simulation.seeded(5);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(50));
        simulation.antagonise(fleet, 4);
        calls(simulation, fleet, kind, 100, 0.68);
        return simulation.run(Duration.ofSeconds(1), Duration.ofSeconds(3));
    }

    private static Report equal(LoadBalancer kind) {
        Simulation simulation = Simulation.seeded(5);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(50));
        calls(simulation, fleet, kind, 100, 0.9);
        return simulation.run(Duration.ofSeconds(1), Duration.ofSeconds(2));
    }

    private static void calls(Simulation simulation, Fleet fleet, LoadBalancer kind, int clients, double load) {
        simulation
                .clients(
                        clients,
                        ProcessSpec.calling(fleet)
                                .cluster(cluster -> cluster.withLoadBalancer(kind))
                                .route(route -> route.withRetry(RetryConfig.NONE)))
                .load(fleet, load * fleet.capacity(), Duration.ofSeconds(2));
    }
}
