package io.inmesh.retry;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.config.RetryBudgetConfig;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {

    private final FakeClock clock = new FakeClock();

    @Test
    void allowsTheFloorWithoutAnySuccess() {
        RetryBudget budget = new RetryBudget(RetryBudgetConfig.succeeded(20, 3), clock);

        assertThat(withdrawAll(budget)).isEqualTo(30);
        assertThat(budget.available()).isZero();
    }

    @Test
    void aDownstreamThatAlwaysFailsGetsTheFloorAndNoMore() {
        RetryBudget budget = new RetryBudget(RetryBudgetConfig.succeeded(20, 3), clock);
        int retries = 0;

        for (int millis = 0; millis < 60_000; millis += 10) {
            retries += budget.tryWithdraw() ? 1 : 0;
            clock.advance(Duration.ofMillis(10));
        }

        // 3 per second over a minute, and the floor of the first window in advance.
        assertThat(retries).isBetween(150, 210);
    }

    @Test
    void earnsTheShareOfSuccesses() {
        RetryBudget budget = new RetryBudget(RetryBudgetConfig.succeeded(20, 0), clock);
        assertThat(budget.tryWithdraw()).isFalse();

        for (int i = 0; i < 100; i++) {
            budget.deposit();
        }

        assertThat(budget.available()).isEqualTo(20);
        assertThat(withdrawAll(budget)).isEqualTo(20);
    }

    @Test
    void forgetsSuccessesAfterTenSeconds() {
        RetryBudget budget = new RetryBudget(RetryBudgetConfig.succeeded(20, 0), clock);
        for (int i = 0; i < 100; i++) {
            budget.deposit();
        }

        clock.advance(Duration.ofSeconds(9));
        assertThat(budget.available()).isEqualTo(20);
        clock.advance(Duration.ofSeconds(1));
        assertThat(budget.available()).isZero();
    }

    @Test
    void forgetsRetriesAfterTenSeconds() {
        RetryBudget budget = new RetryBudget(RetryBudgetConfig.succeeded(0, 1), clock);
        assertThat(withdrawAll(budget)).isEqualTo(10);

        clock.advance(Duration.ofSeconds(10));

        assertThat(withdrawAll(budget)).isEqualTo(10);
    }

    @Test
    void aRefusedWithdrawalCostsNothing() {
        RetryBudget budget = new RetryBudget(RetryBudgetConfig.succeeded(10, 0), clock);
        for (int i = 0; i < 50; i++) {
            assertThat(budget.tryWithdraw()).isFalse();
        }

        for (int i = 0; i < 10; i++) {
            budget.deposit();
        }

        assertThat(budget.tryWithdraw()).isTrue();
    }

    @Test
    void takesOverAnotherShareAndKeepsWhatWasCounted() {
        RetryBudget budget = new RetryBudget(RetryBudgetConfig.succeeded(10, 0), clock);
        for (int i = 0; i < 100; i++) {
            budget.deposit();
        }
        assertThat(withdrawAll(budget)).isEqualTo(10);

        budget.reconfigure(RetryBudgetConfig.succeeded(30, 0));

        assertThat(budget.available()).isEqualTo(20);
    }

    @Test
    void concurrentCallersNeverExceedTheBudget() throws Exception {
        RetryBudget budget = new RetryBudget(RetryBudgetConfig.succeeded(20, 0), clock);
        int threads = 4;
        int each = 20_000;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        CountDownLatch start = new CountDownLatch(1);
        List<Future<Integer>> granted = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            granted.add(pool.submit(() -> {
                start.await();
                int retries = 0;
                for (int i = 0; i < each; i++) {
                    budget.deposit();
                    retries += budget.tryWithdraw() ? 1 : 0;
                }
                return retries;
            }));
        }
        start.countDown();
        int sum = 0;
        for (Future<Integer> retries : granted) {
            sum += retries.get();
        }
        pool.shutdown();

        int earned = threads * each / 5;
        assertThat(sum).isLessThanOrEqualTo(earned);
        // No success was lost: what was not granted can still be withdrawn.
        assertThat(sum + withdrawAll(budget)).isEqualTo(earned);
    }

    private static int withdrawAll(RetryBudget budget) {
        int granted = 0;
        while (budget.tryWithdraw()) {
            granted++;
        }
        return granted;
    }
}
