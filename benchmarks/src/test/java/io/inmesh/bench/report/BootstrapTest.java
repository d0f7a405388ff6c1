package io.inmesh.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class BootstrapTest {

    @Test
    void theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
        assertThat(Bootstrap.medianOf(new double[] {9, 1, 4, 2})).isEqualTo(3);
        assertThat(Bootstrap.medianOf(new double[] {9, 1, 4})).isEqualTo(4);
        assertThatThrownBy(() -> Bootstrap.medianOf(new double[0])).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void valuesThatAgreeLeaveNoDoubt() {
        Estimate estimate = Bootstrap.median(new double[][] {{0.98, 0.98}, {0.98}}, 1);

        assertThat(estimate).isEqualTo(Estimate.exactly(0.98));
    }

    @Test
    void theIntervalHoldsTheTrueMedianAboutNineteenTimesInTwenty() {
        Random random = new Random(5);
        int experiments = 100;
        int held = 0;
        for (int i = 0; i < experiments; i++) {
            Estimate estimate = Bootstrap.median(new double[][] {noisy(random, 1, 0.05, 21)}, i);
            if (estimate.low() <= 1 && 1 <= estimate.high()) {
                held++;
            }
        }

        assertThat((double) held / experiments).isBetween(0.88, 1.0);
    }

    @Test
    void groupsThatDisagreeWidenTheInterval() {
        Random random = new Random(5);
        double[] low = noisy(random, 0.95, 0.001, 30);
        double[] high = noisy(random, 1.05, 0.001, 30);
        double[] both = new double[60];
        System.arraycopy(low, 0, both, 0, 30);
        System.arraycopy(high, 0, both, 30, 30);

        Estimate apart = Bootstrap.median(new double[][] {low, high}, 1);

        assertThat(apart.low()).isLessThan(0.96);
        assertThat(apart.high()).isGreaterThan(1.04);
        assertThat(apart.value()).isEqualTo(Bootstrap.medianOf(both));
    }

    @Test
    void theSameSeedGivesTheSameInterval() {
        double[][] groups = {noisy(new Random(3), 1, 0.1, 20)};

        assertThat(Bootstrap.median(groups, 7)).isEqualTo(Bootstrap.median(groups, 7));
    }

    private static double[] noisy(Random random, double mean, double deviation, int count) {
        return random.doubles(count)
                .map(ignored -> mean + deviation * random.nextGaussian())
                .toArray();
    }
}
