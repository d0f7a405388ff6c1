package io.inmesh.limit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.time.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The limits of one cluster. What is switched off costs one volatile read.
 *
 * <p>Whoever is let in holds a permit and gives it back to the object that gave it; permits of limits that are off are not counted, so
 * a limit that is switched on later starts from what it sees from then on.
 */
public final class ClusterLimits {

    /** Copies of calls in flight to one cluster at most; further ones are left out, so that a slow mirror costs little. */
    public static final int MAX_MIRRORED = 100;

    private final java.time.Clock clock;
    private final InFlight requests = new InFlight();
    private final InFlight retries = new InFlight();
    private final InFlight mirrored = new InFlight();
    private volatile CircuitBreakerConfig config;
    private volatile @Nullable CircuitBreaker breaker;

    /**
     * Makes limits with nothing in flight and a closed breaker.
     *
     * @param config limits and breaker
     * @param clock its monotonic time is used
     */
    public ClusterLimits(CircuitBreakerConfig config, Clock clock) {
        this.config = config;
        this.clock = new MonotonicClock(clock);
        this.breaker = breakerOf(config);
    }

    /** Takes over other limits. What is in flight stays counted; a breaker whose rules changed starts closed. */
    public synchronized void reconfigure(CircuitBreakerConfig newer) {
        CircuitBreakerConfig before = config;
        config = newer;
        if (!sameBreaker(before, newer)) {
            breaker = breakerOf(newer);
        }
    }

    /** {@return what it goes by} */
    public CircuitBreakerConfig config() {
        return config;
    }

    /** {@return whether requests in flight are limited} */
    public boolean limitsRequests() {
        return config.maxRequests() < CircuitBreakerConfig.UNLIMITED;
    }

    /** {@return whether one more request may be in flight; if so {@link #endRequest} must follow} */
    public boolean tryBeginRequest() {
        return requests.tryBegin(config.maxRequests());
    }

    /** Counts one request less. */
    public void endRequest() {
        requests.end();
    }

    /** {@return requests counted in flight; 0 while they are not limited} */
    public long requestsInFlight() {
        return requests.count();
    }

    /**
     * {@return whether one more retry may be in flight; if so {@link #endRetry} must follow}
     *
     * @param limited whether the limit applies; a retry budget may stand in its place
     */
    public boolean tryBeginRetry(boolean limited) {
        return retries.tryBegin(limited ? config.maxRetries() : Long.MAX_VALUE);
    }

    /** Counts one retry less. */
    public void endRetry() {
        retries.end();
    }

    /** {@return retries in flight} */
    public long retriesInFlight() {
        return retries.count();
    }

    /** {@return whether one more copy of a call may be in flight; if so {@link #endMirrored} must follow} */
    public boolean tryBeginMirrored() {
        return mirrored.tryBegin(MAX_MIRRORED);
    }

    /** Counts one copy less. */
    public void endMirrored() {
        mirrored.end();
    }

    /** {@return copies of calls in flight} */
    public long mirroredInFlight() {
        return mirrored.count();
    }

    /** {@return the breaker to ask before an attempt and to tell afterwards; null if it is off} */
    public @Nullable CircuitBreaker breaker() {
        return breaker;
    }

    /** Tells a breaker that an attempt it permitted went well. */
    public static void succeeded(CircuitBreaker breaker) {
        breaker.onSuccess(0, TimeUnit.NANOSECONDS);
    }

    /** Tells a breaker that an attempt it permitted failed. */
    public static void failed(CircuitBreaker breaker) {
        breaker.onError(0, TimeUnit.NANOSECONDS, new AttemptFailed());
    }

    private @Nullable CircuitBreaker breakerOf(CircuitBreakerConfig config) {
        if (config.failureRatePercent() <= 0) {
            return null;
        }
        return CircuitBreaker.of(
                "inmesh",
                io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.custom()
                        .clock(clock)
                        .failureRateThreshold(config.failureRatePercent())
                        .minimumNumberOfCalls(config.minimumCalls())
                        .slidingWindowSize(config.window())
                        .waitDurationInOpenState(config.openDuration())
                        .build());
    }

    /** A failure for a breaker, which only counts it; without the stack trace nobody would read. */
    private static final class AttemptFailed extends Exception {
        private static final long serialVersionUID = 1;

        AttemptFailed() {
            super("attempt failed", null, false, false);
        }
    }

    private static boolean sameBreaker(CircuitBreakerConfig a, CircuitBreakerConfig b) {
        return a.failureRatePercent() == b.failureRatePercent()
                && a.minimumCalls() == b.minimumCalls()
                && a.window() == b.window()
                && a.openDuration().equals(b.openDuration());
    }
}
