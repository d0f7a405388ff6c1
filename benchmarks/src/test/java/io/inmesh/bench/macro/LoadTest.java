package io.inmesh.bench.macro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class LoadTest {

    private static final long TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    @Test
    void theClosedLoopCountsEveryCall() throws Exception {
        AtomicLong made = new AtomicLong();
        try (Load load = new Load(made::incrementAndGet)) {
            Sample sample = load.closed(2, TURN_NANOS);

            assertThat(sample.calls()).isEqualTo(made.get()).isPositive();
            assertThat(sample.nanos()).isGreaterThanOrEqualTo(TURN_NANOS);
            assertThat(sample.errors()).isZero();
        }
    }

    @Test
    void theOpenLoopSendsAllThatWasPlannedAndNothingElse() throws Exception {
        try (Load load = new Load(() -> {})) {
            Sample first = load.open(20_000, TURN_NANOS, 3);
            Sample again = load.open(20_000, TURN_NANOS, 3);

            assertThat(again.calls()).isEqualTo(first.calls()).isBetween(1500L, 2500L);
            assertThat(first.unsent()).isZero();
        }
    }

    @Test
    void aStallIsFeltByEveryCallPlannedDuringIt() throws Exception {
        ConcurrentHashMap<Thread, Boolean> stalled = new ConcurrentHashMap<>();
        Caller stallsOncePerThread = () -> {
            if (stalled.putIfAbsent(Thread.currentThread(), true) == null) {
                stall(TURN_NANOS);
            }
        };
        try (Load load = new Load(stallsOncePerThread)) {
            Sample sample = load.open(16_000, TURN_NANOS, 3);

            // Planned evenly over the stall, half of them begin half a stall late. From the time they were sent it
            // would look like nothing.
            assertThat(sample.p50Nanos()).isGreaterThan(TURN_NANOS / 4);
        }
    }

    @Test
    void callsThatFailAreCountedApart() throws Exception {
        try (Load load = new Load(() -> {
            throw new IOException("refused");
        })) {
            Sample sample = load.closed(1, TURN_NANOS);

            assertThat(sample.calls()).isZero();
            assertThat(sample.errors()).isPositive();
        }
    }

    private static void stall(long nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
