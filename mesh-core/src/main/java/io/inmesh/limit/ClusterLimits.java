package io.inmesh.limit;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
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

    private static final float ALL = 100;
    private static final Duration NEVER_SLOW = Duration.ofNanos(Long.MAX_VALUE);

    private final java.time.Clock clock;
    private final InFlight requests = new InFlight();
    private final InFlight retries = new InFlight();
    private final InFlight mirrored = new InFlight();
    private final ConnectionLimit connections;
    private volatile CircuitBreakerConfig config;
    private volatile @Nullable CircuitBreaker breaker;
    private volatile BiConsumer<BreakerState, BreakerState> listener = (from, to) -> {};

    /**
     * Makes limits with nothing in flight and a closed breaker.
     *
     * @param config limits and breaker
     * @param clock its monotonic time is used
     */
    public ClusterLimits(CircuitBreakerConfig config, Clock clock) {
        this.config = config;
        this.connections = new ConnectionLimit(config);
        this.clock = new MonotonicClock(clock);
        this.breaker = breakerOf(config);
    }

    /**
     * Takes over other limits. What is in flight stays counted; a breaker whose rules changed starts closed, also if it was open, and
     * calls it let through before tell it in vain how they ended.
     */
    public void reconfigure(CircuitBreakerConfig newer) {
        BreakerState before = null;
        synchronized (this) {
            CircuitBreaker old = breaker;
            if (!config.breaksLike(newer)) {
                breaker = breakerOf(newer);
                before = old == null ? null : stateOf(old.getState());
            }
            config = newer;
        }
        connections.reconfigure(newer);
        // Outside the lock, since a listener may call back.
        if (before != null && before != BreakerState.CLOSED) {
            listener.accept(before, BreakerState.CLOSED);
        }
    }

    /** Sets who is told of every change of the breaker's state (from, to), on the thread of the call that caused it. */
    public void listener(BiConsumer<BreakerState, BreakerState> told) {
        listener = told;
    }

    /** {@return what it goes by} */
    public CircuitBreakerConfig config() {
        return config;
    }

    /** {@return the limit on connections in use} */
    public ConnectionLimit connections() {
        return connections;
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

    /** {@return what the breaker does with calls now; null if there is none} */
    public @Nullable BreakerState breakerState() {
        CircuitBreaker now = breaker;
        return now == null ? null : stateOf(now.getState());
    }

    /** {@return the breaker to ask before an attempt and to tell afterwards; null if it is off} */
    public @Nullable CircuitBreaker breaker() {
        return breaker;
    }

    /** Tells a breaker that an attempt it permitted went well. */
    public static void succeeded(CircuitBreaker breaker, long durationNanos) {
        breaker.onSuccess(durationNanos, TimeUnit.NANOSECONDS);
    }

    /** Tells a breaker that an attempt it permitted failed. */
    public static void failed(CircuitBreaker breaker, long durationNanos) {
        breaker.onError(durationNanos, TimeUnit.NANOSECONDS, new AttemptFailed());
    }

    private @Nullable CircuitBreaker breakerOf(CircuitBreakerConfig config) {
        if (!config.breaks()) {
            return null;
        }
        boolean countsFailures = config.failureRatePercent() > 0;
        boolean countsSlow = config.slowCallPercent() > 0;
        CircuitBreaker made = CircuitBreaker.of(
                "inmesh",
                io.github.resilience4j.circuitbreaker.CircuitBreakerConfig.custom()
                        .clock(clock)
                        .failureRateThreshold(countsFailures ? config.failureRatePercent() : ALL)
                        .recordException(failure -> countsFailures)
                        .slowCallRateThreshold(countsSlow ? config.slowCallPercent() : ALL)
                        .slowCallDurationThreshold(countsSlow ? config.slowCallDuration() : NEVER_SLOW)
                        .minimumNumberOfCalls(config.minimumCalls())
                        .slidingWindowSize(config.window())
                        .waitDurationInOpenState(config.openDuration())
                        .permittedNumberOfCallsInHalfOpenState(config.halfOpenCalls())
                        .build());
        made.getEventPublisher().onStateTransition(event -> changed(made, event.getStateTransition()));
        return made;
    }

    private void changed(CircuitBreaker which, CircuitBreaker.StateTransition change) {
        // Calls that a replaced breaker let through may still move it.
        if (which == breaker) {
            listener.accept(stateOf(change.getFromState()), stateOf(change.getToState()));
        }
    }

    private static BreakerState stateOf(CircuitBreaker.State state) {
        return switch (state) {
            case OPEN, FORCED_OPEN -> BreakerState.OPEN;
            case HALF_OPEN -> BreakerState.HALF_OPEN;
            case CLOSED, DISABLED, METRICS_ONLY -> BreakerState.CLOSED;
        };
    }

    /** A failure for a breaker, which only counts it; without the stack trace nobody would read. */
    private static final class AttemptFailed extends Exception {
        private static final long serialVersionUID = 1;

        AttemptFailed() {
            super("attempt failed", null, false, false);
        }
    }
}
