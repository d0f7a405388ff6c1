package io.inmesh.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The states of the failure-rate breaker and who is told of them. */
class FailureRateBreakerTest {

    private static final long UNLIMITED = CircuitBreakerConfig.UNLIMITED;
    private static final CircuitBreakerConfig FAILURES =
            new CircuitBreakerConfig(UNLIMITED, UNLIMITED, 50, 4, 4, Duration.ofSeconds(30), 2, 0, seconds(60));
    private static final CircuitBreakerConfig SLOW =
            new CircuitBreakerConfig(UNLIMITED, UNLIMITED, 0, 4, 4, Duration.ofSeconds(30), 2, 50, seconds(1));

    private final FakeClock clock = new FakeClock();
    private final List<String> changes = new ArrayList<>();

    @Test
    void closesAfterAsManySuccessesAsItTries() {
        ClusterLimits limits = limits(FAILURES);
        fail(limits, 4);
        clock.advance(Duration.ofSeconds(31));

        assertThat(breaker(limits).tryAcquirePermission()).isTrue();
        assertThat(breaker(limits).tryAcquirePermission()).isTrue();
        assertThat(breaker(limits).tryAcquirePermission()).isFalse();
        ClusterLimits.succeeded(breaker(limits), 0);
        assertThat(limits.breakerState()).isEqualTo(BreakerState.HALF_OPEN);
        ClusterLimits.succeeded(breaker(limits), 0);

        assertThat(limits.breakerState()).isEqualTo(BreakerState.CLOSED);
        assertThat(changes).containsExactly("CLOSED-OPEN", "OPEN-HALF_OPEN", "HALF_OPEN-CLOSED");
    }

    @Test
    void opensAgainIfWhatItTriesFails() {
        ClusterLimits limits = limits(FAILURES);
        fail(limits, 4);
        clock.advance(Duration.ofSeconds(31));
        fail(limits, 2);

        assertThat(limits.breakerState()).isEqualTo(BreakerState.OPEN);
        assertThat(breaker(limits).tryAcquirePermission()).isFalse();
    }

    @Test
    void idleWhileHalfOpenItStillTriesTheNextCall() {
        ClusterLimits limits = limits(FAILURES);
        fail(limits, 4);
        clock.advance(Duration.ofSeconds(31));
        assertThat(breaker(limits).tryAcquirePermission()).isTrue();
        // Cancelled: nothing was learned, so its place is free again.
        breaker(limits).releasePermission();
        clock.advance(Duration.ofHours(10));

        assertThat(limits.breakerState()).isEqualTo(BreakerState.HALF_OPEN);
        assertThat(breaker(limits).tryAcquirePermission()).isTrue();
        assertThat(breaker(limits).tryAcquirePermission()).isTrue();
    }

    @Test
    void aRuleThatIsDeletedWhileOpenLeavesNothingBehind() {
        ClusterLimits limits = limits(FAILURES);
        fail(limits, 4);
        CircuitBreaker old = breaker(limits);
        changes.clear();

        limits.reconfigure(CircuitBreakerConfig.DEFAULT);

        assertThat(limits.breaker()).isNull();
        assertThat(limits.breakerState()).isNull();
        assertThat(changes).containsExactly("OPEN-CLOSED");
        clock.advance(Duration.ofSeconds(31));
        old.tryAcquirePermission();
        assertThat(changes).containsExactly("OPEN-CLOSED");
    }

    @Test
    void aRuleThatComesBackStartsClosed() {
        ClusterLimits limits = limits(FAILURES);
        fail(limits, 4);
        limits.reconfigure(CircuitBreakerConfig.DEFAULT);
        limits.reconfigure(FAILURES);

        assertThat(limits.breakerState()).isEqualTo(BreakerState.CLOSED);
        assertThat(breaker(limits).tryAcquirePermission()).isTrue();
    }

    @Test
    void aListenerMayCallBackAlsoFromAnotherThread() {
        ClusterLimits limits = limits(FAILURES);
        limits.listener((from, to) -> {
            Thread other = new Thread(() -> {
                limits.reconfigure(CircuitBreakerConfig.DEFAULT);
                changes.add("reconfigured");
            });
            other.start();
            try {
                other.join(TimeUnit.SECONDS.toMillis(20));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });

        fail(limits, 4);

        assertThat(changes).contains("reconfigured");
        assertThat(limits.breaker()).isNull();
    }

    @Test
    void slowCallsOpenItHoweverTheyEnd() {
        ClusterLimits limits = limits(SLOW);
        for (int i = 0; i < 4; i++) {
            assertThat(breaker(limits).tryAcquirePermission()).isTrue();
            ClusterLimits.succeeded(breaker(limits), seconds(i < 2 ? 2 : 0).toNanos());
        }

        assertThat(limits.breakerState()).isEqualTo(BreakerState.OPEN);
    }

    @Test
    void failuresDoNotCountWhereOnlySlowCallsDo() {
        ClusterLimits limits = limits(SLOW);
        fail(limits, 20);

        assertThat(limits.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    @Test
    void slownessDoesNotCountWhereOnlyFailuresDo() {
        ClusterLimits limits = limits(FAILURES);
        for (int i = 0; i < 20; i++) {
            assertThat(breaker(limits).tryAcquirePermission()).isTrue();
            ClusterLimits.succeeded(breaker(limits), Duration.ofHours(1).toNanos());
        }

        assertThat(limits.breakerState()).isEqualTo(BreakerState.CLOSED);
    }

    private ClusterLimits limits(CircuitBreakerConfig config) {
        ClusterLimits limits = new ClusterLimits(config, clock);
        limits.listener((from, to) -> changes.add(from + "-" + to));
        return limits;
    }

    private static void fail(ClusterLimits limits, int calls) {
        for (int i = 0; i < calls; i++) {
            CircuitBreaker breaker = breaker(limits);
            assertThat(breaker.tryAcquirePermission()).isTrue();
            ClusterLimits.failed(breaker, 0);
        }
    }

    private static CircuitBreaker breaker(ClusterLimits limits) {
        return Objects.requireNonNull(limits.breaker());
    }

    private static Duration seconds(int seconds) {
        return Duration.ofSeconds(seconds);
    }
}
