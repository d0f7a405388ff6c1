package io.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.hash.XxHash64;
import io.inmesh.testkit.SeededRandomness;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Calls with a key go to its owner, and to nobody else unless they must. */
final class ConsistentHashTest {

    private static final int KEYS = 5_000;

    private static long key(int number) {
        return XxHash64.hash("user-" + number);
    }

    private static Map<Integer, Endpoint> owners(EndpointPicker picker) {
        Map<Integer, Endpoint> owners = new HashMap<>();
        for (int i = 0; i < KEYS; i++) {
            owners.put(i, picker.pick(null, key(i)));
        }
        return owners;
    }

    @ParameterizedTest
    @EnumSource(names = {"RING_HASH", "MAGLEV"})
    void ejectionMovesOnlyTheKeysOfTheEjected(LoadBalancer kind) {
        Fleet fleet = Fleet.of(5);
        EndpointPicker picker = fleet.picker(kind, 1);
        Map<Integer, Endpoint> before = owners(picker);
        fleet.eject("c");
        owners(picker).forEach((key, now) -> {
            if (before.get(key) == fleet.get("c")) {
                assertThat(now).isNotSameAs(fleet.get("c"));
            } else {
                assertThat(now).isSameAs(before.get(key));
            }
        });
        assertThat(new HashSet<>(owners(picker).values())).hasSize(4);
        fleet.get("c").ejection().set(false);
        assertThat(owners(picker)).as("its keys come back").isEqualTo(before);
    }

    /** Trap 16: the owner is down. */
    @ParameterizedTest
    @EnumSource(names = {"RING_HASH", "MAGLEV"})
    void retriesAskOthersUntilAllHaveBeenAsked(LoadBalancer kind) {
        EndpointPicker picker = Fleet.of(4).picker(kind, 2);
        for (int i = 0; i < 200; i++) {
            Tried tried = new Tried();
            Set<Endpoint> asked = new HashSet<>();
            for (int attempt = 0; attempt < 4; attempt++) {
                Endpoint next = picker.pick(tried, key(i));
                assertThat(asked.add(next)).as("attempt %s", attempt).isTrue();
                tried.add(next);
            }
            assertThat(picker.pick(tried, key(i))).isSameAs(picker.pick(null, key(i)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"RING_HASH", "MAGLEV"})
    void callsWithoutKeyAreSpreadAtRandom(LoadBalancer kind) {
        Map<String, Integer> counts = Fleet.count(Fleet.of(4).picker(kind, 3), 4_000);
        assertThat(counts).hasSize(4);
        assertThat(counts.values()).allSatisfy(count -> assertThat(count).isBetween(700, 1_300));
    }

    @Test
    void priorityIsChosenByTheKeyToo() {
        Fleet fleet = new Fleet().in("own", 10, 0).in("other", 10, 1);
        EndpointPicker picker = fleet.picker(LoadBalancer.RING_HASH, 4);
        for (int i = 0; i < 5; i++) {
            fleet.eject("own-" + i);
        }
        Map<Integer, Endpoint> first = owners(picker);
        assertThat(first.values().stream().map(Endpoint::config).map(config -> config.priority()))
                .contains(0, 1);
        assertThat(owners(picker)).isEqualTo(first);
    }

    /** Keys after Zipf with exponent 1.1; every call stays while a thousand others come. */
    @ParameterizedTest
    @EnumSource(names = {"RING_HASH", "MAGLEV"})
    void noEndpointGetsMoreThanItsBound(LoadBalancer kind) {
        int percent = 125;
        Fleet fleet = Fleet.of(5).balancing(BalancingConfig.DEFAULT.withLoadBoundPercent(percent));
        EndpointPicker picker = fleet.picker(kind, 5);
        SeededRandomness random = new SeededRandomness(5);
        Zipf zipf = new Zipf(1000, 1.1);
        Queue<Endpoint> calls = new ArrayDeque<>();
        double worst = 0;
        for (int i = 0; i < 20_000; i++) {
            Endpoint picked = picker.pick(null, key(zipf.draw(random)));
            picked.begin();
            calls.add(picked);
            if (calls.size() > 1000) {
                calls.remove().end();
                int peak = fleet.endpoints().stream()
                        .mapToInt(Endpoint::inFlight)
                        .max()
                        .orElseThrow();
                worst = Math.max(worst, peak * 5.0 / calls.size());
            }
        }
        assertThat(worst).isLessThanOrEqualTo(percent / 100.0 + 0.02).isGreaterThan(1.1);
    }

    @Test
    void belowItsBoundAnEndpointKeepsItsKeys() {
        Fleet plain = Fleet.of(5);
        Fleet bounded = Fleet.of(5).balancing(BalancingConfig.DEFAULT.withLoadBoundPercent(125));
        EndpointPicker one = plain.picker(LoadBalancer.RING_HASH, 6);
        EndpointPicker other = bounded.picker(LoadBalancer.RING_HASH, 7);
        for (int i = 0; i < KEYS; i++) {
            assertThat(other.pick(null, key(i)).host())
                    .isEqualTo(one.pick(null, key(i)).host());
        }
    }

    /** Ranks drawn so that rank <i>r</i> is as frequent as 1 / <i>r</i> to the power of the exponent. */
    private static final class Zipf {
        private final double[] ends;

        Zipf(int ranks, double exponent) {
            ends = new double[ranks];
            double sum = 0;
            for (int i = 0; i < ranks; i++) {
                sum += Math.pow(i + 1, -exponent);
                ends[i] = sum;
            }
        }

        int draw(SeededRandomness random) {
            double at = random.below(1L << 40) / (double) (1L << 40) * ends[ends.length - 1];
            int index = Arrays.binarySearch(ends, at);
            return index < 0 ? -index - 1 : index;
        }
    }
}
