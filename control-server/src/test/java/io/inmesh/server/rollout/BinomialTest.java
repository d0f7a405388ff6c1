package io.inmesh.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BinomialTest {

    /** Worked out apart from this code by summation of binomial coefficients. */
    @ParameterizedTest
    @CsvSource({
        "0, 20, 0, 0.139108",
        "1, 20, 0.002561, 0.216106",
        "20, 20, 0.860892, 1",
        "5, 10, 0.222441, 0.777559",
        "10, 100, 0.055263, 0.163718",
        "0, 1000, 0, 0.002991",
    })
    void boundsAreThoseOfClopperAndPearson(long hits, long all, double lowest, double highest) {
        assertThat(Binomial.lowest(hits, all)).isEqualTo(lowest, within(2e-6));
        assertThat(Binomial.highest(hits, all)).isEqualTo(highest, within(2e-6));
    }

    @Test
    void aBoundIsWhereTheChanceIsTheError() {
        for (long all : new long[] {1, 7, 60, 400}) {
            for (long hits = 0; hits <= all; hits++) {
                double lowest = Binomial.lowest(hits, all);
                double highest = Binomial.highest(hits, all);
                assertThat(lowest).isLessThanOrEqualTo((double) hits / all);
                assertThat(highest).isGreaterThanOrEqualTo((double) hits / all);
                if (hits > 0) {
                    assertThat(atLeast(hits, all, lowest)).isEqualTo(Binomial.ERROR, within(1e-9));
                }
                if (hits < all) {
                    assertThat(1 - atLeast(hits + 1, all, highest)).isEqualTo(Binomial.ERROR, within(1e-9));
                }
            }
        }
    }

    @Test
    void manyRequestsAreNoTrouble() {
        assertThat(Binomial.lowest(1_000_000, 100_000_000))
                .isEqualTo(0.01, within(2e-5))
                .isLessThan(0.01);
        assertThat(Binomial.highest(1_000_000, 100_000_000))
                .isEqualTo(0.01, within(2e-5))
                .isGreaterThan(0.01);
    }

    /** The sum that the beta function stands for. */
    private static double atLeast(long hits, long all, double rate) {
        double sum = 0;
        for (long k = hits; k <= all; k++) {
            double log = 0;
            for (long i = 1; i <= k; i++) {
                log += Math.log((double) (all - k + i) / i);
            }
            sum += Math.exp(log + k * Math.log(rate) + (all - k) * Math.log1p(-rate));
        }
        return sum;
    }
}
