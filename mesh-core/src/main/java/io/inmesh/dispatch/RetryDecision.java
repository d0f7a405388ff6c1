package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.cluster.Cluster;
import io.inmesh.observe.CallObserver.RetryRefusal;
import io.inmesh.retry.RetryBudget;
import io.inmesh.retry.RetryPolicy;
import io.inmesh.time.Deadlines;
import io.inmesh.time.Randomness;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether an outcome worth repeating is repeated, and when. A granted retry has been charged to the budget and holds a permit of the
 * cluster's retry limit.
 *
 * @param granted whether there is another attempt
 * @param delayNanos how long to wait first
 * @param refusal what forbade it, where more than the number of retries did
 */
record RetryDecision(
        boolean granted, long delayNanos, @Nullable RetryRefusal refusal) {

    /** A server that wants a longer pause gets it: its caller is told so instead of being kept waiting. */
    static final long MAX_PUSHBACK_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final RetryDecision EXHAUSTED = new RetryDecision(false, 0, null);

    /**
     * Checks in the order of what costs nothing, so that nothing is charged for a retry that is not made.
     *
     * @param made attempts made so far, hedges included
     */
    static RetryDecision of(
            OutboundAttempt failed, int made, Outcome outcome, long deadlineNanos, long now, Randomness randomness) {
        RetryPolicy policy = failed.route().retry();
        if (made > policy.retries()) {
            return EXHAUSTED;
        }
        if (failed.dispatch().context().repeated()
                && failed.target().clientPolicy().chainAwareRetries()) {
            return refused(RetryRefusal.CHAIN);
        }
        long pushbackMillis =
                outcome instanceof Outcome.Response response ? response.pushbackMillis() : Outcome.Response.NO_PUSHBACK;
        if (pushbackMillis == Outcome.Response.DO_NOT_RETRY) {
            return refused(RetryRefusal.PUSHBACK);
        }
        long delay = pushbackMillis >= 0
                ? TimeUnit.MILLISECONDS.toNanos(pushbackMillis)
                : policy.backoff().draw(made, randomness);
        if (delay >= Deadlines.remaining(deadlineNanos, now)) {
            return refused(RetryRefusal.DEADLINE);
        }
        if (pushbackMillis >= 0 && delay > MAX_PUSHBACK_NANOS) {
            return refused(RetryRefusal.PUSHBACK);
        }
        RetryRefusal full = charge(failed.target());
        return full == null ? new RetryDecision(true, delay, null) : refused(full);
    }

    /** {@return what forbids one more retry of a cluster; null if it has been charged, and {@link #release} must follow} */
    static @Nullable RetryRefusal charge(Cluster cluster) {
        RetryBudget budget = cluster.retryBudget();
        if (!cluster.limits().tryBeginRetry(!budget.config().replacesRetryLimit())) {
            return RetryRefusal.OVERFLOW;
        }
        if (!budget.tryWithdraw()) {
            cluster.limits().endRetry();
            return RetryRefusal.BUDGET;
        }
        return null;
    }

    /** Tells that a retry that was charged has ended. */
    static void release(Cluster cluster) {
        cluster.limits().endRetry();
        cluster.retryBudget().end();
    }

    private static RetryDecision refused(RetryRefusal why) {
        return new RetryDecision(false, 0, why);
    }
}
