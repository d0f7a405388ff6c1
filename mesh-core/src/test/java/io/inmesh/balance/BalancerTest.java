package io.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.config.LoadBalancer;
import io.inmesh.endpoint.Endpoint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How one of those who may be picked is chosen. */
final class BalancerTest {

    @Test
    void endpointsOfEqualWeightTakeTurns() {
        Fleet fleet = Fleet.of(3);
        EndpointPicker picker = fleet.picker(LoadBalancer.ROUND_ROBIN, 1);
        List<Endpoint> round = List.of(picker.pick(null), picker.pick(null), picker.pick(null));
        assertThat(round).doesNotHaveDuplicates();
        for (int i = 0; i < 30; i++) {
            assertThat(picker.pick(null)).isSameAs(round.get(i % 3));
        }
    }

    @Test
    void aWeightedRoundIsExactAndSpreadsTheHeavyOne() {
        Fleet fleet = Fleet.ofWeights(5, 1, 1);
        EndpointPicker picker = fleet.picker(LoadBalancer.ROUND_ROBIN, 2);
        for (int round = 0; round < 10; round++) {
            assertThat(Fleet.count(picker, 7)).isEqualTo(Map.of("a", 5, "b", 1, "c", 1));
        }
        List<String> picks = new ArrayList<>();
        for (int i = 0; i < 700; i++) {
            picks.add(picker.pick(null).host());
        }
        assertThat(String.join("", picks)).as("five in a row would be a burst").doesNotContain("aaaaa");
    }

    @Test
    void roundsOfAnyWeightsAreExact() {
        long[] weights = {100, 30, 7, 1, 1, 59};
        EndpointPicker picker = Fleet.ofWeights(weights).picker(LoadBalancer.ROUND_ROBIN, 3);
        assertThat(Fleet.count(picker, 198)).isEqualTo(Map.of("a", 100, "b", 30, "c", 7, "d", 1, "e", 1, "f", 59));
    }

    @Test
    void clientsStartedTogetherBeginAtDifferentEndpoints() {
        Map<String, Integer> first = new HashMap<>();
        for (int client = 0; client < 100; client++) {
            EndpointPicker picker = Fleet.of(10).picker(LoadBalancer.ROUND_ROBIN, client);
            first.merge(picker.pick(null).host(), 1, Integer::sum);
        }
        assertThat(first).hasSize(10);
        assertThat(first.values()).allSatisfy(count -> assertThat(count).isLessThan(30));
    }

    @Test
    void ofTwoTheLessLoadedIsTaken() {
        Fleet fleet = Fleet.of(2);
        EndpointPicker picker = fleet.picker(LoadBalancer.LEAST_REQUEST, 4);
        fleet.get("a").begin();
        assertThat(Fleet.count(picker, 200))
                .as("two draws are never the same endpoint")
                .containsOnlyKeys("b");
    }

    @Test
    void loadIsJudgedByWeight() {
        Fleet fleet = Fleet.ofWeights(3, 1);
        EndpointPicker picker = fleet.picker(LoadBalancer.LEAST_REQUEST, 5);
        fleet.get("a").begin();
        assertThat(Fleet.count(picker, 200)).as("(1+1)/3 is less than (0+1)/1").containsOnlyKeys("a");
        fleet.get("a").begin();
        fleet.get("a").begin();
        assertThat(Fleet.count(picker, 200)).as("(3+1)/3 is more than (0+1)/1").containsOnlyKeys("b");
    }

    @Test
    void heldLoadSettlesByWeight() {
        Fleet fleet = Fleet.ofWeights(6, 3, 1);
        EndpointPicker picker = fleet.picker(LoadBalancer.LEAST_REQUEST, 6);
        for (int i = 0; i < 1000; i++) {
            picker.pick(null).begin();
        }
        assertThat(fleet.get("a").inFlight()).isCloseTo(600, within(40));
        assertThat(fleet.get("b").inFlight()).isCloseTo(300, within(40));
        assertThat(fleet.get("c").inFlight()).isCloseTo(100, within(40));
    }

    @ParameterizedTest
    @EnumSource(LoadBalancer.class)
    void anIdleClusterIsCalledByWeight(LoadBalancer kind) {
        Map<String, Integer> counts = Fleet.count(Fleet.ofWeights(70, 20, 10).picker(kind, 7), 20_000);
        assertThat(counts.get("a") / 20_000.0).isCloseTo(0.7, within(0.02));
        assertThat(counts.get("b") / 20_000.0).isCloseTo(0.2, within(0.02));
        assertThat(counts.get("c") / 20_000.0).isCloseTo(0.1, within(0.02));
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RING_HASH")
    void sumsOfTheLargestWeightsDoNotOverflow(LoadBalancer kind) {
        long largest = 0xFFFF_FFFFL;
        long[] weights = new long[1000];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = i % 2 == 0 ? largest : largest - 1;
        }
        Fleet fleet = Fleet.ofWeights(weights);
        EndpointPicker picker = fleet.picker(kind, 8);
        Set<Endpoint> picked = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            picked.add(picker.pick(null));
        }
        assertThat(picked).as("each weighs a thousandth, so each is met").hasSize(1000);
    }

    @ParameterizedTest
    @EnumSource(LoadBalancer.class)
    void aTinyWeightBesideTheLargestIsHardlyEverDrawn(LoadBalancer kind) {
        EndpointPicker picker = Fleet.ofWeights(0xFFFF_FFFFL, 1).picker(kind, 9);
        assertThat(Fleet.count(picker, 1000)).containsOnlyKeys("a");
    }

    @Test
    void evenStepsMeetEveryPositionOnce() {
        for (long total = 2; total < 500; total++) {
            Set<Long> met = new HashSet<>();
            long step = Numbers.evenStep(total);
            for (long turn = 0; turn < total; turn++) {
                met.add(turn * step % total);
            }
            assertThat(met).as("total %s step %s", total, step).hasSize((int) total);
        }
    }
}
