package io.inmesh.server.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

    @Test
    void noMoreThanSoManyHappenInASecondAndThenAgainAsMany() {
        long second = TimeUnit.SECONDS.toNanos(1);
        // Such clocks begin anywhere.
        long now = Long.MAX_VALUE - second / 2;
        Pace pace = new Pace(2, now);

        assertThat(pace.admits(now)).isTrue();
        assertThat(pace.admits(now + 1)).isTrue();
        assertThat(pace.admits(now + second - 1)).isFalse();
        assertThat(pace.admits(now + second)).isTrue();
        assertThat(pace.admits(now + second)).isTrue();
        assertThat(pace.admits(now + second)).isFalse();
    }
}
