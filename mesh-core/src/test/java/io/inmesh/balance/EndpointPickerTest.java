package io.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.balance.Candidate.Standing;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.LoadBalancer;
import io.inmesh.endpoint.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Who may be picked: health, ejection, priorities, what was tried, and the panic rule. */
final class EndpointPickerTest {

    @ParameterizedTest
    @EnumSource(LoadBalancer.class)
    void ejectedEndpointsAreNotPickedUntilTheyReturn(LoadBalancer kind) {
        Fleet fleet = Fleet.of(4);
        EndpointPicker picker = fleet.picker(kind, 1);
        fleet.eject("a", "b");
        assertThat(Fleet.count(picker, 1000)).containsOnlyKeys("c", "d");
        fleet.get("a").ejection().set(false);
        assertThat(Fleet.count(picker, 1000)).containsOnlyKeys("a", "c", "d");
    }

    @ParameterizedTest
    @EnumSource(LoadBalancer.class)
    void unhealthyAndDrainingEndpointsAreLeftAlone(LoadBalancer kind) {
        Fleet fleet = Fleet.of(2).with("sick", 1, Health.UNHEALTHY, 0).with("leaving", 1, Health.DRAINING, 0);
        assertThat(Fleet.count(fleet.picker(kind, 2), 1000)).containsOnlyKeys("a", "b");
    }

    @ParameterizedTest
    @EnumSource(LoadBalancer.class)
    void trafficNeverReachesZeroByEjectionAlone(LoadBalancer kind) {
        Fleet fleet = Fleet.of(3).with("leaving", 1, Health.DRAINING, 0);
        EndpointPicker picker = fleet.picker(kind, 3);
        fleet.eject("a", "b", "c");
        assertThat(Fleet.count(picker, 1000)).containsOnlyKeys("a", "b", "c");
    }

    @Test
    void drainingEndpointsAreTheLastResort() {
        Fleet fleet = new Fleet().with("leaving", 1, Health.DRAINING, 0).with("leaving-too", 1, Health.DRAINING, 1);
        assertThat(Fleet.count(fleet.picker(LoadBalancer.ROUND_ROBIN, 4), 100)).containsOnlyKeys("leaving");
    }

    @Test
    void belowTheMinimumHealthAllAreUsed() {
        Fleet fleet = Fleet.of(4).minHealthPercent(50);
        EndpointPicker picker = fleet.picker(LoadBalancer.RANDOM, 5);
        fleet.eject("a", "b");
        assertThat(Fleet.count(picker, 1000)).containsOnlyKeys("c", "d");
        assertThat(picker.panic()).isFalse();
        fleet.eject("c");
        assertThat(Fleet.count(picker, 1000)).containsOnlyKeys("a", "b", "c", "d");
        assertThat(picker.panic()).isTrue();
        assertThat(picker.candidates(null))
                .extracting(Candidate::standing)
                .containsExactly(Standing.PANIC, Standing.PANIC, Standing.PANIC, Standing.ELIGIBLE);
    }

    @Test
    void withoutMinimumHealthOneHealthyEndpointTakesAll() {
        Fleet fleet = Fleet.of(4);
        EndpointPicker picker = fleet.picker(LoadBalancer.LEAST_REQUEST, 6);
        fleet.eject("a", "b", "c");
        assertThat(Fleet.count(picker, 100)).containsOnlyKeys("d");
    }

    @ParameterizedTest
    @EnumSource(LoadBalancer.class)
    void endpointsTriedBeforeAreAvoidedWhileOthersAreLeft(LoadBalancer kind) {
        Fleet fleet = Fleet.ofWeights(1000, 1, 1);
        EndpointPicker picker = fleet.picker(kind, 7);
        for (int i = 0; i < 500; i++) {
            assertThat(picker.pick(fleet.tried("a", "b"))).isSameAs(fleet.get("c"));
        }
        assertThat(picker.pick(fleet.tried("a", "b", "c")))
                .as("all tried: allowed again")
                .isNotNull();
    }

    @Test
    void lowerPrioritiesTakeOverOnlyAsHigherOnesFail() {
        Fleet fleet = Fleet.of(10);
        for (int i = 0; i < 10; i++) {
            fleet.with("spare" + i, 1, Health.HEALTHY, 1);
        }
        EndpointPicker picker = fleet.picker(LoadBalancer.RANDOM, 8);
        fleet.eject("a", "b");
        assertThat(spared(picker)).as("80 % healthy carry everything").isZero();
        fleet.eject("c", "d", "e");
        assertThat(spared(picker)).as("50 % healthy carry 70 %").isCloseTo(0.3, within(0.02));
        fleet.eject("f", "g", "h", "i", "j");
        assertThat(spared(picker)).as("nobody left").isEqualTo(1);
    }

    private static double spared(EndpointPicker picker) {
        Map<String, Integer> counts = Fleet.count(picker, 20_000);
        return counts.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith("spare"))
                        .mapToInt(Map.Entry::getValue)
                        .sum()
                / 20_000.0;
    }

    @Test
    void prioritiesThatTogetherCannotCarryEverythingShareIt() {
        Fleet fleet = Fleet.of(10);
        for (int i = 0; i < 10; i++) {
            fleet.with("spare" + i, 1, Health.HEALTHY, 7);
        }
        EndpointPicker picker = fleet.picker(LoadBalancer.RANDOM, 9);
        fleet.eject("a", "b", "c", "d", "e", "f", "g", "h");
        fleet.eject("spare0", "spare1", "spare2", "spare3", "spare4", "spare5", "spare6", "spare7", "spare8");
        assertThat(spared(picker)).as("20 % and 10 %").isCloseTo(1 / 3.0, within(0.02));
    }

    @Test
    void aRetryGoesToTheStandbyRatherThanToAnEndpointThatFailed() {
        Fleet fleet = Fleet.of(1).with("spare", 1, Health.HEALTHY, 1);
        EndpointPicker picker = fleet.picker(LoadBalancer.LEAST_REQUEST, 10);
        assertThat(picker.pick(null)).isSameAs(fleet.get("a"));
        assertThat(picker.pick(fleet.tried("a"))).isSameAs(fleet.get("spare"));
        assertThat(picker.candidates(fleet.tried("a")))
                .extracting(Candidate::standing)
                .containsExactly(Standing.TRIED, Standing.STANDBY);
    }

    @Test
    void anEmptyClusterOffersNobody() {
        assertThat(new Fleet().picker(LoadBalancer.LEAST_REQUEST, 11).pick(null))
                .isNull();
    }

    @ParameterizedTest
    @EnumSource(LoadBalancer.class)
    void thereIsAlwaysAnEndpointWhileRotationChanges(LoadBalancer kind) throws Exception {
        Fleet fleet = Fleet.of(3);
        EndpointPicker picker = fleet.picker(kind, 12);
        AtomicBoolean stop = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Future<Integer> picks = threads.submit(() -> {
                int picked = 0;
                while (!stop.get() || picked < 1000) {
                    assertThat(picker.pick(null)).isNotNull();
                    picked++;
                }
                return picked;
            });
            for (int i = 0; i < 100_000; i++) {
                Endpoint endpoint = fleet.endpoints().get(i % 3);
                endpoint.ejection().set(!endpoint.ejection().ejected());
            }
            stop.set(true);
            assertThat(picks.get()).isGreaterThanOrEqualTo(1000);
        } finally {
            threads.shutdownNow();
        }
        fleet.endpoints().forEach(endpoint -> endpoint.ejection().set(false));
        fleet.eject("b");
        Set<String> after = Fleet.count(picker, 1000).keySet();
        assertThat(after).as("the last change is seen").isEqualTo(Set.of("a", "c"));
    }

    @Test
    void parallelRetriesSeeAnotherEndpoint() throws Exception {
        Fleet fleet = Fleet.of(2);
        EndpointPicker picker = fleet.picker(LoadBalancer.ROUND_ROBIN, 13);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> calls = java.util.stream.IntStream.range(0, 2000)
                    .mapToObj(i -> threads.submit(() -> {
                        Tried tried = new Tried();
                        Endpoint first = picker.pick(null);
                        tried.add(first);
                        return picker.pick(tried) != first;
                    }))
                    .collect(Collectors.toList());
            for (Future<Boolean> call : calls) {
                assertThat(call.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }
}
