package io.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.balance.Candidate.Standing;
import io.inmesh.balance.LocalityPart.Reason;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.SpreadConfig;
import io.inmesh.config.SpreadConfig.LocalityConfig;
import io.inmesh.config.SpreadConfig.Mode;
import io.inmesh.config.SpreadConfig.Panic;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How calls are divided among localities: weights, health, zones, and what the panic rule does. */
final class SpreadTest {

    private static final int PICKS = 20_000;

    private static SpreadConfig weighted(LocalityConfig... localities) {
        return SpreadConfig.DEFAULT.withMode(Mode.WEIGHTED).withLocalities(List.of(localities));
    }

    private static LocalityConfig weight(String locality, long weight) {
        return new LocalityConfig(locality, 0, weight, 0);
    }

    private static LocalityConfig callers(String locality, long callers) {
        return new LocalityConfig(locality, 0, 0, callers);
    }

    private static double part(EndpointPicker picker, String locality) {
        Map<String, Integer> counts = Fleet.count(picker, PICKS);
        return counts.entrySet().stream()
                        .filter(entry -> entry.getKey().startsWith(locality + "-"))
                        .mapToInt(Map.Entry::getValue)
                        .sum()
                / (double) PICKS;
    }

    /** Trap 17: neither the number of endpoints nor their weights move the share of a locality. */
    @ParameterizedTest
    @EnumSource(LoadBalancer.class)
    void localitiesOfEqualWeightShareEquallyWhateverTheirSize(LoadBalancer kind) {
        Fleet fleet = new Fleet()
                .in("north", 4, 0)
                .in("south", 1, 0)
                .spread(weighted(weight("north", 1), weight("south", 1)));
        assertThat(part(fleet.picker(kind, 1), "south")).isCloseTo(0.5, within(0.02));
    }

    /** Trap 18: weights are unsigned 32-bit numbers, and their sum is larger still. */
    @Test
    void hugeLocalityWeightsKeepTheirProportion() {
        Fleet fleet = new Fleet()
                .in("north", 2, 0)
                .in("south", 2, 0)
                .spread(weighted(weight("north", 0xFFFF_FFFFL), weight("south", 0xFFFF_FFFFL / 4)));
        assertThat(part(fleet.picker(LoadBalancer.RANDOM, 2), "south")).isCloseTo(0.2, within(0.02));
    }

    @ParameterizedTest(name = "{0} of 10 lost: {1} of the calls are left")
    @CsvSource({"0, 0.5", "2, 0.5", "5, 0.4118", "9, 0.1228", "10, 0"})
    void aLocalityLosesCallsAsItLosesHealth(int lost, double left) {
        Fleet fleet = new Fleet()
                .in("north", 10, 0)
                .in("south", 10, 0)
                .spread(weighted(weight("north", 1), weight("south", 1)));
        EndpointPicker picker = fleet.picker(LoadBalancer.RANDOM, 3);
        for (int i = 0; i < lost; i++) {
            fleet.eject("north-" + i);
        }
        assertThat(part(picker, "north")).isCloseTo(left, within(0.015));
    }

    @Test
    void aLocalityWithoutWeightGetsNothingNotEvenRetries() {
        Fleet fleet = new Fleet().in("north", 1, 0).in("south", 1, 0).spread(weighted(weight("north", 1)));
        EndpointPicker picker = fleet.picker(LoadBalancer.ROUND_ROBIN, 4);
        assertThat(picker.pick(fleet.tried("north-0"))).isSameAs(fleet.get("north-0"));
        assertThat(picker.candidates(null))
                .extracting(Candidate::standing)
                .containsExactly(Standing.ELIGIBLE, Standing.UNWEIGHTED);
    }

    @Test
    void withoutAnyWeightPlacesMeanNothing() {
        Fleet fleet = new Fleet().in("north", 4, 0).in("south", 1, 0).spread(weighted());
        assertThat(part(fleet.picker(LoadBalancer.RANDOM, 5), "south")).isCloseTo(0.2, within(0.02));
    }

    @ParameterizedTest(name = "{0} of 10 lost: {1} of the calls move to the next priority")
    @CsvSource({"3, 0.02, 0.03", "5, 0.3, 0.05"})
    void losingAPartOfAZoneMovesFewCalls(int lost, double moved, double tolerance) {
        Fleet fleet = new Fleet().in("own", 10, 0).in("other", 10, 1);
        EndpointPicker picker = fleet.picker(LoadBalancer.LEAST_REQUEST, 6);
        for (int i = 0; i < lost; i++) {
            fleet.eject("own-" + i);
        }
        assertThat(part(picker, "other")).isCloseTo(moved, within(tolerance));
    }

    @Test
    void withoutOverprovisioningEveryLossSpills() {
        Fleet fleet = new Fleet()
                .in("own", 10, 0)
                .in("other", 10, 1)
                .spread(SpreadConfig.DEFAULT.withOverprovisioningPercent(100));
        EndpointPicker picker = fleet.picker(LoadBalancer.RANDOM, 7);
        fleet.eject("own-0");
        assertThat(part(picker, "other")).isCloseTo(0.1, within(0.01));
    }

    @ParameterizedTest(name = "{0} own and {1} other endpoints, {2} own and {3} other callers: {4} stay")
    @CsvSource({
        "5, 5, 1, 1, 1",
        "6, 4, 1, 1, 1",
        "2, 8, 1, 1, 0.4",
        "4, 6, 3, 1, 0.5333",
        "5, 5, 0, 0, 1",
        "2, 8, 0, 0, 0.4"
    })
    void callsStayInTheOwnZoneAsFarAsItsCapacityGoes(
            int own, int other, int callersHere, int callersThere, double stay) {
        Fleet fleet = new Fleet()
                .in("own", own, 0)
                .in("other", other, 0)
                .spread(SpreadConfig.DEFAULT
                        .withMode(Mode.ZONE_AWARE)
                        .withOwn("own")
                        .withLocalities(List.of(callers("own", callersHere), callers("other", callersThere))));
        assertThat(part(fleet.picker(LoadBalancer.RANDOM, 8), "own")).isCloseTo(stay, within(0.015));
    }

    @Test
    void whatCannotStayGoesWhereCapacityIsLeft() {
        Fleet fleet = new Fleet()
                .in("own", 2, 0)
                .in("full", 3, 0)
                .in("free", 5, 0)
                .spread(SpreadConfig.DEFAULT
                        .withMode(Mode.ZONE_AWARE)
                        .withOwn("own")
                        .withLocalities(List.of(callers("own", 4), callers("full", 3), callers("free", 3))));
        EndpointPicker picker = fleet.picker(LoadBalancer.RANDOM, 9);
        assertThat(part(picker, "own")).isCloseTo(0.5, within(0.015));
        assertThat(part(picker, "full")).isZero();
        assertThat(picker.localities())
                .extracting(LocalityPart::reason)
                .containsExactly(Reason.BY_LOCALITY, Reason.ELSEWHERE, Reason.BY_LOCALITY);
    }

    @Test
    void zonesMeanNothingInASmallCluster() {
        Fleet fleet = new Fleet()
                .in("own", 2, 0)
                .in("other", 3, 0)
                .spread(SpreadConfig.DEFAULT.withMode(Mode.ZONE_AWARE).withOwn("own"));
        assertThat(part(fleet.picker(LoadBalancer.RANDOM, 10), "own"))
                .as("5 endpoints")
                .isCloseTo(0.4, within(0.02));
    }

    @Test
    void aRetryMayLeaveTheOwnZone() {
        Fleet fleet = new Fleet()
                .in("own", 1, 0)
                .in("other", 1, 0)
                .spread(SpreadConfig.DEFAULT
                        .withMode(Mode.ZONE_AWARE)
                        .withOwn("own")
                        .withMinEndpoints(1));
        EndpointPicker picker = fleet.picker(LoadBalancer.LEAST_REQUEST, 11);
        assertThat(Fleet.count(picker, 100)).containsOnlyKeys("own-0");
        assertThat(picker.pick(fleet.tried("own-0"))).isSameAs(fleet.get("other-0"));
        assertThat(picker.candidates(null))
                .extracting(Candidate::standing)
                .containsExactly(Standing.ELIGIBLE, Standing.ELSEWHERE);
    }

    @Test
    void callsAreRefusedInPanicWhereTheConfigSaysSo() {
        Fleet fleet = Fleet.of(4).minHealthPercent(50).spread(SpreadConfig.DEFAULT.withPanic(Panic.REFUSE));
        EndpointPicker picker = fleet.picker(LoadBalancer.RANDOM, 12);
        fleet.eject("a", "b");
        assertThat(Fleet.count(picker, 200)).as("half is enough").containsOnlyKeys("c", "d");
        assertThat(picker.panic()).isFalse();
        fleet.eject("c");
        assertThat(picker.pick(null)).isNull();
        assertThat(picker.panic()).isTrue();
        assertThat(picker.candidates(null))
                .extracting(Candidate::standing)
                .contains(Standing.REFUSED, Standing.EJECTED);
        fleet.eject("d");
        assertThat(picker.pick(null)).as("nobody is left").isNull();
        assertThat(picker.panic()).isTrue();
    }

    @Test
    void inPanicWeightsOfLocalitiesMeanNothing() {
        Fleet fleet = new Fleet()
                .in("north", 4, 0)
                .in("south", 1, 0)
                .minHealthPercent(90)
                .spread(weighted(weight("north", 1), weight("south", 1)));
        EndpointPicker picker = fleet.picker(LoadBalancer.RANDOM, 13);
        fleet.eject("south-0");
        assertThat(part(picker, "south")).isCloseTo(0.2, within(0.02));
        assertThat(picker.localities()).extracting(LocalityPart::reason).containsOnly(Reason.PANIC);
    }

    @Test
    void everyLocalitySaysWhatItTakesAndWhy() {
        Fleet fleet = new Fleet()
                .in("a", 3, 0)
                .in("b", 1, 0)
                .in("c", 1, 0)
                .in("d", 2, 1)
                .spread(weighted(weight("a", 1), weight("b", 3), new LocalityConfig("d", 1, 1, 0)));
        EndpointPicker picker = fleet.picker(LoadBalancer.RANDOM, 14);
        assertThat(picker.localities())
                .containsExactly(
                        new LocalityPart(0, "a", 3, 3, 25, Reason.BY_LOCALITY),
                        new LocalityPart(0, "b", 1, 1, 75, Reason.BY_LOCALITY),
                        new LocalityPart(0, "c", 1, 1, 0, Reason.UNWEIGHTED),
                        new LocalityPart(1, "d", 2, 2, 0, Reason.STANDBY));
        fleet.eject("b-0");
        assertThat(picker.localities().get(1)).isEqualTo(new LocalityPart(0, "b", 1, 0, 0, Reason.UNUSABLE));
    }
}
