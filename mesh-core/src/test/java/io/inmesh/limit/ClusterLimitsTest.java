package io.inmesh.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.testkit.FakeClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ClusterLimitsTest {

    private final FakeClock clock = new FakeClock();

    @Test
    void boundsRequestsInFlight() {
        ClusterLimits limits = new ClusterLimits(requests(2), clock);

        assertThat(limits.tryBeginRequest()).isTrue();
        assertThat(limits.tryBeginRequest()).isTrue();
        assertThat(limits.tryBeginRequest()).isFalse();
        limits.endRequest();
        assertThat(limits.tryBeginRequest()).isTrue();
        assertThat(limits.requestsInFlight()).isEqualTo(2);
    }

    @Test
    void aLowerLimitHoldsForRequestsThatComeLater() {
        ClusterLimits limits = new ClusterLimits(requests(3), clock);
        limits.tryBeginRequest();
        limits.tryBeginRequest();

        limits.reconfigure(requests(1));
        assertThat(limits.tryBeginRequest()).isFalse();
        limits.endRequest();
        assertThat(limits.tryBeginRequest()).isFalse();
        limits.endRequest();
        assertThat(limits.tryBeginRequest()).isTrue();
    }

    @Test
    void zeroRefusesEverything() {
        assertThat(new ClusterLimits(requests(0), clock).tryBeginRequest()).isFalse();
    }

    @Test
    void hasNoBreakerUnlessAskedFor() {
        ClusterLimits limits = new ClusterLimits(CircuitBreakerConfig.DEFAULT, clock);
        assertThat(limits.breaker()).isNull();
        assertThat(limits.limitsRequests()).isFalse();
    }

    @Test
    void opensAtTheFailureRateAndProbesAfterItsTime() {
        ClusterLimits limits = new ClusterLimits(breaker(50), clock);
        CircuitBreaker breaker = limits.breaker();
        for (int i = 0; i < 10; i++) {
            assertThat(breaker.tryAcquirePermission()).isTrue();
            if (i % 2 == 0) {
                ClusterLimits.failed(breaker, 0);
            } else {
                ClusterLimits.succeeded(breaker, 0);
            }
        }
        assertThat(breaker.tryAcquirePermission()).isFalse();

        // A stepped wall clock is no time that passed.
        clock.stepWallClock(Instant.parse("2031-01-01T00:00:00Z"));
        assertThat(breaker.tryAcquirePermission()).isFalse();
        clock.advance(Duration.ofSeconds(30).plusNanos(1));
        assertThat(breaker.tryAcquirePermission()).isTrue();
    }

    @Test
    void keepsItsBreakerUnlessItsRulesChange() {
        ClusterLimits limits = new ClusterLimits(breaker(50), clock);
        CircuitBreaker before = limits.breaker();

        limits.reconfigure(new CircuitBreakerConfig(7, 7, 50, 10, 10, Duration.ofSeconds(30)));
        assertThat(limits.breaker()).isSameAs(before);

        limits.reconfigure(breaker(60));
        assertThat(limits.breaker()).isNotNull().isNotSameAs(before);

        limits.reconfigure(CircuitBreakerConfig.DEFAULT);
        assertThat(limits.breaker()).isNull();
    }

    private static CircuitBreakerConfig requests(long max) {
        return new CircuitBreakerConfig(max, CircuitBreakerConfig.UNLIMITED, 0, 100, 100, Duration.ofSeconds(30));
    }

    private static CircuitBreakerConfig breaker(float percent) {
        return new CircuitBreakerConfig(
                CircuitBreakerConfig.UNLIMITED,
                CircuitBreakerConfig.UNLIMITED,
                percent,
                10,
                10,
                Duration.ofSeconds(30));
    }
}
