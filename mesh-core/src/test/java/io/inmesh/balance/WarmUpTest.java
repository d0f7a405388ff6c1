package io.inmesh.balance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.config.LoadBalancer;
import io.inmesh.config.WarmUpConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** New endpoints get their share little by little. */
final class WarmUpTest {

    private static final Duration WINDOW = Duration.ofSeconds(30);
    private static final BalancingConfig WARMING = BalancingConfig.DEFAULT.withWarmUp(WarmUpConfig.of(WINDOW));
    private static final int PICKS = 20_000;

    private static double share(EndpointPicker picker, String host) {
        return Fleet.count(picker, PICKS).getOrDefault(host, 0) / (double) PICKS;
    }

    private static Fleet two() {
        Fleet fleet = Fleet.of(2).balancing(WARMING);
        fleet.picker(LoadBalancer.ROUND_ROBIN, 1);
        return fleet;
    }

    @ParameterizedTest
    @EnumSource(names = {"ROUND_ROBIN", "LEAST_REQUEST"})
    void thoseThatCameFirstHaveTheirFullWeight(LoadBalancer kind) {
        assertThat(share(new Fleet().in("x", 2, 0).balancing(WARMING).picker(kind, 1), "x-0"))
                .isCloseTo(0.5, within(0.02));
    }

    /** Trap 9: one new of three at a third of the window has 33 % of its weight, not an integer's 0. */
    @ParameterizedTest(name = "after {0} s its weight is {1}")
    @CsvSource({"0, 0.1", "3, 0.1", "10, 0.3333", "15, 0.5", "29, 0.9667", "30, 1", "60, 1"})
    void oneNewOfThreeGrowsIntoItsShare(int seconds, double weight) {
        Fleet fleet = two();
        EndpointPicker picker = fleet.with("c", 1, Health.HEALTHY, 0).picker(LoadBalancer.ROUND_ROBIN, 2);
        fleet.clock().advance(Duration.ofSeconds(seconds));
        assertThat(share(picker, "c")).isCloseTo(weight / (2 + weight), within(0.002));
    }

    /** Trap 8: above zero at every step, whatever the weight and even if it may begin with nothing. */
    @ParameterizedTest
    @CsvSource({"1, 0", "1, 10", "4294967295, 0", "4294967295, 10"})
    void theWeightIsAboveZeroAtEveryStep(long weight, double minimum) {
        Fleet fleet = Fleet.ofWeights(weight, weight)
                .balancing(BalancingConfig.DEFAULT.withWarmUp(new WarmUpConfig(WINDOW, minimum, 1)));
        fleet.picker(LoadBalancer.ROUND_ROBIN, 1);
        EndpointPicker picker = fleet.with("c", weight, Health.HEALTHY, 0).picker(LoadBalancer.ROUND_ROBIN, 2);
        Tried others = fleet.tried("a", "b");
        double before = -1;
        for (int step = 0; step <= 100; step++) {
            assertThat(picker.pick(others)).isSameAs(fleet.get("c"));
            double share = step % 20 == 0 ? share(picker, "c") : before;
            assertThat(share).isGreaterThanOrEqualTo(before);
            before = share;
            fleet.clock().advance(WINDOW.dividedBy(100));
        }
        assertThat(before).isCloseTo(1.0 / 3, within(0.002));
    }

    /** Trap 7: configs that overlap, and say the same endpoint twice, do not begin again. */
    @Test
    void theRampGoesOnThroughConfigs() {
        Fleet fleet = two();
        fleet.with("c", 1, Health.HEALTHY, 0).picker(LoadBalancer.ROUND_ROBIN, 2);
        fleet.clock().advance(Duration.ofSeconds(15));
        EndpointPicker picker = fleet.with("c", 1, Health.HEALTHY, 0).picker(LoadBalancer.ROUND_ROBIN, 3);
        assertThat(fleet.endpoints()).hasSize(3);
        assertThat(share(picker, "c")).isCloseTo(0.5 / 2.5, within(0.002));
    }

    @Test
    void whoBecomesHealthyAgainBeginsAgain() {
        Fleet fleet = Fleet.of(2).with("c", 1, Health.UNHEALTHY, 0).balancing(WARMING);
        fleet.picker(LoadBalancer.ROUND_ROBIN, 1);
        fleet.without("c").with("c", 1, Health.HEALTHY, 0);
        EndpointPicker picker = fleet.picker(LoadBalancer.ROUND_ROBIN, 2);
        assertThat(share(picker, "c")).isCloseTo(0.1 / 2.1, within(0.002));
    }

    @Test
    void aggressionGrowsFasterAtFirst() {
        WarmUpConfig ramp = new WarmUpConfig(WINDOW, 10, 2);
        assertThat(WarmUp.factor(ramp, WINDOW.dividedBy(4).toNanos())).isCloseTo(0.5, within(1e-9));
    }

    @Test
    void otherAlgorithmsKnowNoWarmUp() {
        Fleet fleet = two();
        EndpointPicker picker = fleet.with("c", 1, Health.HEALTHY, 0).picker(LoadBalancer.RANDOM, 2);
        assertThat(share(picker, "c")).isCloseTo(1.0 / 3, within(0.02));
    }

    /** Between two steps what was prepared is taken as it is: preparing costs as much as there are endpoints. */
    @Test
    void weightsArePreparedStepByStepAndNotForEveryPick() {
        Fleet fleet = two();
        EndpointPicker picker = fleet.with("c", 1, Health.HEALTHY, 0).picker(LoadBalancer.ROUND_ROBIN, 2);
        fleet.clock().advance(Duration.ofSeconds(10));
        Object first = picker.prepared();
        fleet.clock().advance(Duration.ofMillis(299));
        assertThat(picker.prepared()).isSameAs(first);
        fleet.clock().advance(Duration.ofMillis(1));
        assertThat(picker.prepared()).isNotSameAs(first);
        fleet.clock().advance(WINDOW);
        Object last = picker.prepared();
        fleet.clock().advance(WINDOW);
        assertThat(picker.prepared()).as("nobody warms up any more").isSameAs(last);
    }
}
