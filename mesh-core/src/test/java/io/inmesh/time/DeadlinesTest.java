package io.inmesh.time;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlinesTest {

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000, -5_000, Long.MAX_VALUE - 50, Long.MIN_VALUE + 50})
    void holdsWhereverTheClockStarted(long now) {
        long deadline = Deadlines.after(now, 100);

        assertThat(Deadlines.passed(deadline, now)).isFalse();
        assertThat(Deadlines.passed(deadline, now + 100)).isTrue();
        assertThat(Deadlines.remaining(deadline, now + 40)).isEqualTo(60);
        assertThat(Deadlines.remaining(deadline, now + 101)).isZero();
        assertThat(Deadlines.earlier(deadline, now + 7)).isEqualTo(now + 7);
        assertThat(Deadlines.earlier(now + 7, deadline)).isEqualTo(now + 7);
    }

    @Test
    void neverIsLaterThanAnything() {
        assertThat(Deadlines.after(5, Deadlines.NEVER)).isEqualTo(Deadlines.NEVER);
        assertThat(Deadlines.passed(Deadlines.NEVER, Long.MAX_VALUE)).isFalse();
        assertThat(Deadlines.remaining(Deadlines.NEVER, 5)).isEqualTo(Deadlines.NEVER);
        assertThat(Deadlines.earlier(Deadlines.NEVER, -7)).isEqualTo(-7);
        assertThat(Deadlines.earlier(-7, Deadlines.NEVER)).isEqualTo(-7);
    }
}
