package io.inmesh.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.testkit.SeededRandomness;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private final Backoff backoff = new Backoff(25, 250);

    @Test
    void doublesUpToItsCap() {
        assertThat(backoff.boundNanos(1)).isEqualTo(25);
        assertThat(backoff.boundNanos(2)).isEqualTo(75);
        assertThat(backoff.boundNanos(3)).isEqualTo(175);
        assertThat(backoff.boundNanos(4)).isEqualTo(250);
    }

    @Test
    void neverOverflows() {
        Backoff long1 = new Backoff(TimeUnit.DAYS.toNanos(1), TimeUnit.DAYS.toNanos(100_000));
        for (int retry = 1; retry < 200; retry++) {
            assertThat(long1.boundNanos(retry)).isPositive().isLessThanOrEqualTo(long1.maxNanos());
            assertThat(backoff.boundNanos(retry)).isPositive().isLessThanOrEqualTo(250);
        }
    }

    @Test
    void drawsTheWholeRangeEvenly() {
        SeededRandomness randomness = new SeededRandomness(7);
        int[] seen = new int[75];
        for (int i = 0; i < 75_000; i++) {
            seen[(int) backoff.draw(2, randomness)]++;
        }
        // Mean 1000 per value, standard deviation about 32.
        assertThat(Arrays.stream(seen).boxed())
                .allSatisfy(count -> assertThat(count).isBetween(800, 1200));
    }
}
