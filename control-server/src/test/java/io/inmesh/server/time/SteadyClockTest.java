package io.inmesh.server.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SteadyClockTest {

    @Test
    void passesAsMonotonicTimeDoesWhereverThatBeginsAndEvenIfItOverflows() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
        SteadyClock clock = new SteadyClock(nanos::get);
        Instant began = clock.instant();

        nanos.addAndGet(Duration.ofHours(1).toNanos());

        assertThat(Duration.between(began, clock.instant())).isEqualTo(Duration.ofHours(1));
    }
}
