package io.inmesh.dispatch;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.call.Criticality;
import io.inmesh.cluster.Cluster;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.limit.Throttle;
import io.inmesh.retry.Hedging;
import io.inmesh.time.Deadlines;

/** Whether a slow first attempt gets another beside it. Hedging is for idle capacity: where there is any sign of strain, there is none. */
final class HedgeDecision {

    private HedgeDecision() {}

    /**
     * {@return whether a hedge may be sent; if so it has been charged as a retry, and {@link RetryDecision#release} must follow}
     *
     * @param slow the attempt that has taken its delay
     * @param deadlineNanos deadline of the call
     */
    static boolean charge(OutboundAttempt slow, long deadlineNanos, long now) {
        Cluster cluster = slow.target();
        Hedging hedging = cluster.clientPolicy().hedging();
        // With less time left than most answers take, a hedge is no more likely to be in time than what is under way.
        if (hedging == null || Deadlines.remaining(deadlineNanos, now) <= slow.hedgeDelayNanos()) {
            return false;
        }
        if (hedging.heldBack(now) || strained(cluster)) {
            return false;
        }
        return hedging.tryHedge() && RetryDecision.charge(cluster) == null;
    }

    private static boolean strained(Cluster cluster) {
        ClusterLimits limits = cluster.limits();
        if (limits.limitsRequests()
                && limits.requestsInFlight() > limits.config().maxRequests() / 2) {
            return true;
        }
        if (limits.connections().limited()
                && limits.connections().inUse() > limits.config().maxConnections() / 2) {
            return true;
        }
        CircuitBreaker breaker = limits.breaker();
        if (breaker != null && breaker.getState() != CircuitBreaker.State.CLOSED) {
            return true;
        }
        Throttle throttle = cluster.clientPolicy().throttle();
        return throttle != null && throttle.refusedShare(Criticality.SHEDDABLE) > 0;
    }
}
