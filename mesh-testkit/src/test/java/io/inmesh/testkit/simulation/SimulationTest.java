package io.inmesh.testkit.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.config.LoadBalancer;
import io.inmesh.config.RetryConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class SimulationTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @Test
    void theSameSeedGivesTheSameTrace() {
        assertThat(disturbed(7).fingerprint()).isEqualTo(disturbed(7).fingerprint());
    }

    @Test
    void anotherSeedGivesAnotherTrace() {
        assertThat(disturbed(7).fingerprint()).isNotEqualTo(disturbed(8).fingerprint());
    }

    /** One client drawing at random splits a Poisson stream into Poisson streams, so each replica is an M/M/1 queue. */
    @Test
    void randomChoiceOverSingleWorkersIsAnMm1Queue() {
        Simulation simulation = Simulation.seeded(1);
        Fleet fleet = simulation.fleet(
                "reviews", FleetSpec.of(20).workers(1).serviceTime(ServiceTime.exponential(Duration.ofMillis(10))));
        Clients clients =
                simulation.clients(4, ProcessSpec.calling(fleet).cluster(c -> c.withLoadBalancer(LoadBalancer.RANDOM)));
        clients.load(fleet, 0.6 * 20 * 100, TIMEOUT);

        Report report = simulation.run(Duration.ofSeconds(20), Duration.ofSeconds(200));

        // Time in an M/M/1 system: 10 ms / (1 - 0.6), plus half a millisecond of network; its distribution is
        // exponential.
        assertThat(report.mean().toNanos() / 1e6).isCloseTo(25.5, within(0.5));
        assertThat(report.percentile(99).toNanos() / 1e6).isCloseTo(25 * Math.log(100) + 0.5, within(4.0));
        assertThat(report.errors()).isZero();
    }

    @Test
    void aStoppedReplicaIsRefusedAndItsWorkReset() {
        Simulation simulation = Simulation.seeded(3);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(2));
        Clients clients = simulation.clients(2, ProcessSpec.calling(fleet).route(r -> r.withRetry(RetryConfig.NONE)));
        clients.load(fleet, 100, TIMEOUT);
        simulation.at(Duration.ofSeconds(2), fleet.replica(0)::stop);

        Report report = simulation.run(Duration.ofSeconds(3), Duration.ofSeconds(2));

        assertThat(report.errorRate()).isBetween(0.3, 1.0);
        assertThat(report.ended()).isEqualTo(report.calls());
        assertThat(fleet.replica(0).inFlight()).isZero();
    }

    @Test
    void retriesBringCallsRoundAStoppedReplica() {
        Simulation simulation = Simulation.seeded(3);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(20));
        Clients clients = simulation.clients(2, ProcessSpec.calling(fleet));
        clients.load(fleet, 200, TIMEOUT);
        simulation.at(Duration.ofSeconds(1), fleet.replica(0)::stop);

        Report report = simulation.run(Duration.ofSeconds(2), Duration.ofSeconds(5));

        assertThat(report.errors()).isZero();
        assertThat(report.amplification()).isGreaterThan(1);
    }

    @Test
    void aCallerThatGaveUpLeavesTheWorkBehind() {
        Simulation simulation = Simulation.seeded(4);
        Fleet fleet = simulation.fleet(
                "reviews", FleetSpec.of(1).workers(1).serviceTime(ServiceTime.fixed(Duration.ofMillis(100))));
        Clients clients = simulation.clients(1, ProcessSpec.calling(fleet).route(r -> r.withRetry(RetryConfig.NONE)));
        clients.load(fleet, 30, Duration.ofMillis(50));

        Report report = simulation.run(Duration.ofSeconds(1), Duration.ofSeconds(2));

        assertThat(report.errorRate()).isEqualTo(1);
        assertThat(fleet.replica(0).wasted())
                .isEqualTo(fleet.replica(0).served())
                .isPositive();
    }

    private static Report disturbed(long seed) {
        Simulation simulation = Simulation.seeded(seed);
        Fleet fleet = simulation.fleet("reviews", FleetSpec.of(10));
        simulation.antagonise(fleet, 4);
        fleet.replica(3).failing(0.3, Duration.ofMillis(1));
        Clients clients = simulation.clients(5, ProcessSpec.calling(fleet));
        clients.load(fleet, 0.7 * fleet.capacity(), TIMEOUT);
        return simulation.run(Duration.ofSeconds(1), Duration.ofSeconds(3));
    }
}
