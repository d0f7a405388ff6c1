package io.inmesh.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Budgets as Istio's {@code retryBudget} has them: of what is in flight, or of what was started within an interval. */
class RetryBudgetBasisTest {

    private final FakeClock clock = new FakeClock();
    private final Counted attempts = new Counted();

    @ParameterizedTest
    @CsvSource({"0, 3", "10, 3", "20, 4", "100, 20", "1000, 200"})
    void aShareOfWhatIsInFlightMayBeRetriesButAlwaysAFew(long inFlight, int expected) {
        RetryBudget budget = budget(RetryBudgetConfig.inFlight(20, 3));
        attempts.inFlight.set(inFlight);

        assertThat(budget.available()).isEqualTo(expected);
        assertThat(withdrawAll(budget)).isEqualTo(expected);
        assertThat(budget.available()).isZero();
    }

    @Test
    void aRetryInFlightThatEndedMakesRoomForAnother() {
        RetryBudget budget = budget(RetryBudgetConfig.inFlight(20, 1));
        assertThat(budget.tryWithdraw()).isTrue();
        assertThat(budget.tryWithdraw()).isFalse();

        budget.end();

        assertThat(budget.tryWithdraw()).isTrue();
    }

    @Test
    void noMinimumAndNothingInFlightIsNoRetry() {
        assertThat(budget(RetryBudgetConfig.inFlight(20, 0)).tryWithdraw()).isFalse();
    }

    @Test
    void aShareOfWhatWasStartedInTheIntervalMayBeRetriesHoweverShort() {
        RetryBudget budget = budget(RetryBudgetConfig.started(20, 0, Duration.ofSeconds(5)));
        attempts.started.set(100);

        assertThat(withdrawAndEndAll(budget)).isEqualTo(20);
        clock.advance(Duration.ofMillis(4_500));
        assertThat(budget.tryWithdraw()).isFalse();
        clock.advance(Duration.ofMillis(500));
        assertThat(budget.tryWithdraw())
                .as("what was started before the interval counts no more")
                .isFalse();
        attempts.started.addAndGet(10);
        assertThat(withdrawAndEndAll(budget)).isEqualTo(2);
    }

    @Test
    void anIntervalHasAMinimumAtTheSameTime() {
        RetryBudget budget = budget(RetryBudgetConfig.started(20, 2, Duration.ofSeconds(5)));
        assertThat(withdrawAll(budget)).isEqualTo(2);

        budget.end();

        assertThat(budget.tryWithdraw()).isTrue();
    }

    @Test
    void anotherBasisStartsAfreshAndWhatIsInFlightStaysCounted() {
        RetryBudget budget = budget(RetryBudgetConfig.DEFAULT);
        assertThat(budget.tryWithdraw()).isTrue();

        budget.reconfigure(RetryBudgetConfig.inFlight(20, 2));

        assertThat(withdrawAll(budget)).isEqualTo(1);
    }

    /** Any order of starts, ends, retries and time: never more retries in an interval than its starts allow. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void neverGrantsMoreThanTheShareOfWhatWasStarted(long seed) {
        Random random = new Random(seed);
        RetryBudget budget = budget(RetryBudgetConfig.started(25, 0, Duration.ofSeconds(10)));
        List<Long> starts = new ArrayList<>();
        List<Long> grants = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            long now = clock.nanos();
            switch (random.nextInt(4)) {
                case 0 -> {
                    attempts.started.incrementAndGet();
                    starts.add(now);
                }
                case 1, 2 -> {
                    if (budget.tryWithdraw()) {
                        grants.add(now);
                        budget.end();
                        // A slot leaves as a whole, so the oldest retries may be forgotten a tenth of the interval
                        // early.
                        long retries =
                                within(grants, now - Duration.ofSeconds(9).toNanos());
                        long started =
                                within(starts, now - Duration.ofSeconds(10).toNanos());
                        assertThat(retries * 4).isLessThanOrEqualTo(started);
                    }
                }
                default -> clock.advance(Duration.ofMillis(random.nextInt(80)));
            }
        }
        assertThat(grants).hasSizeGreaterThan(100);
    }

    private static long within(List<Long> moments, long since) {
        long count = 0;
        for (int i = moments.size() - 1; i >= 0 && moments.get(i) >= since; i--) {
            count++;
        }
        return count;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 5})
    void concurrentRetriesNeverExceedShareAndMinimum(int minimum) throws Exception {
        RetryBudget budget = budget(RetryBudgetConfig.inFlight(10, minimum));
        attempts.inFlight.set(70);
        int allowed = Math.max(minimum, 7);
        AtomicLong now = new AtomicLong();
        AtomicLong most = new AtomicLong();
        ExecutorService pool = Executors.newFixedThreadPool(4);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<?>> done = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            done.add(pool.submit(() -> {
                start.await();
                for (int i = 0; i < 20_000; i++) {
                    int held = 0;
                    while (held < 3 && budget.tryWithdraw()) {
                        held++;
                        most.accumulateAndGet(now.incrementAndGet(), Math::max);
                    }
                    for (; held > 0; held--) {
                        now.decrementAndGet();
                        budget.end();
                    }
                }
                return null;
            }));
        }
        start.countDown();
        for (Future<?> each : done) {
            each.get();
        }
        pool.shutdown();

        assertThat(most.get()).isBetween(1L, (long) allowed);
        assertThat(withdrawAll(budget)).as("nothing leaked").isEqualTo(allowed);
    }

    private RetryBudget budget(RetryBudgetConfig config) {
        RetryBudget budget = new RetryBudget(config, clock);
        budget.attempts(attempts);
        return budget;
    }

    private static int withdrawAll(RetryBudget budget) {
        int granted = 0;
        while (budget.tryWithdraw()) {
            granted++;
        }
        return granted;
    }

    private static int withdrawAndEndAll(RetryBudget budget) {
        int granted = 0;
        while (budget.tryWithdraw()) {
            granted++;
            budget.end();
        }
        return granted;
    }

    private static final class Counted implements RetryBudget.Attempts {
        final AtomicLong started = new AtomicLong();
        final AtomicLong inFlight = new AtomicLong();

        @Override
        public long started() {
            return started.get();
        }

        @Override
        public long inFlight() {
            return inFlight.get();
        }
    }
}
