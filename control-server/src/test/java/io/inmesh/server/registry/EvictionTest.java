package io.inmesh.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvictionTest {
    private static final Duration LEASE = Duration.ofSeconds(15);

    @Test
    void massExpiryRemovesAShareInEachPassOnly() {
        List<Absence> away = away("reviews", 20, LEASE);

        assertThat(Eviction.pass(away, Map.of("reviews", 40), new Random(1))).hasSize(6);
    }

    @Test
    void serviceWithFewInstancesLosesOneInEachPass() {
        assertThat(Eviction.pass(away("reviews", 2, LEASE), Map.of("reviews", 3), new Random(1)))
                .hasSize(1);
    }

    @Test
    void shareIsThatOfTheServiceNotOfTheMesh() {
        assertThat(Eviction.pass(away("reviews", 5, LEASE), Map.of("reviews", 10, "ratings", 1000), new Random(1)))
                .hasSize(1);
    }

    @Test
    void orderIsRandom() {
        List<Absence> away = away("reviews", 5, LEASE);
        Set<List<String>> first = new HashSet<>();
        IntStream.range(0, 200)
                .forEach(seed -> first.add(Eviction.pass(away, Map.of("reviews", 100), new Random(seed))));

        assertThat(first).hasSizeGreaterThan(50);
    }

    @Test
    void serviceIsNotEmptiedWithoutALongerGrace() {
        Map<String, Integer> one = Map.of("reviews", 1);

        assertThat(Eviction.pass(away("reviews", 1, Eviction.LAST.minusMillis(1)), one, new Random(1)))
                .isEmpty();
        assertThat(Eviction.pass(away("reviews", 1, Eviction.LAST), one, new Random(1)))
                .hasSize(1);
    }

    @Test
    void mostBeingAwayIsTakenForAFaultAndFreezesAll() {
        Map<String, Integer> sizes = Map.of("reviews", 20);

        assertThat(Eviction.pass(away("reviews", 11, LEASE), sizes, new Random(1)))
                .isEmpty();
        assertThat(Eviction.pass(away("reviews", 10, LEASE), sizes, new Random(1)))
                .hasSize(3);
    }

    @Test
    void freezingEnds() {
        assertThat(Eviction.pass(away("reviews", 20, Eviction.FROZEN_LIMIT), Map.of("reviews", 20), new Random(1)))
                .hasSize(3);
    }

    @Test
    void smallMeshesAreNotFrozen() {
        assertThat(Eviction.pass(away("reviews", 2, LEASE), Map.of("reviews", 3), new Random(1)))
                .hasSize(1);
    }

    @Test
    void thoseWhoseTimeHasNotComeCountAsAwayButStay() {
        List<Absence> away = IntStream.range(0, 20)
                .mapToObj(i -> new Absence("n" + i, "reviews", LEASE, i == 0))
                .toList();

        assertThat(Eviction.pass(away, Map.of("reviews", 50), new Random(1))).containsExactly("n0");
        assertThat(Eviction.pass(away, Map.of("reviews", 39), new Random(1))).isEmpty();
    }

    private static List<Absence> away(String group, int count, Duration lasting) {
        return IntStream.range(0, count)
                .mapToObj(i -> new Absence("n" + i, group, lasting, true))
                .toList();
    }
}
