package io.inmesh.dispatch;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.call.Wakeup;
import io.inmesh.cluster.Cluster;
import io.inmesh.cluster.Demand;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.explain.Explains;
import io.inmesh.retry.Classification;
import io.inmesh.retry.Classifier;
import io.inmesh.route.Destination;
import io.inmesh.route.Route;
import io.inmesh.route.VirtualHost;
import io.inmesh.stage.Verdict;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The attempts of a call: which are under way, which permits they hold, and how each is settled once. Owned by whoever decides. */
abstract sealed class AttemptedCall extends OutboundCall permits Dispatch {

    final OutboundGate gate;

    @Nullable
    Destination destination;
    /** Whether the attempt under way, or the one waited for, is a retry that was charged. */
    boolean retryPermit;
    /** Whether it has waited for endpoints, which it does once. */
    private boolean waited;

    AttemptedCall(OutboundGate gate, Call call, VirtualHost virtualHost, Explains config) {
        super(call, virtualHost, config);
        this.gate = gate;
    }

    @Override
    final @Nullable OutboundAttempt hedged() {
        return attempt == null ? null : attempt.slow();
    }

    /** Whether an attempt is still under way. */
    final boolean accompanied() {
        OutboundAttempt first = hedged();
        return first != null
                && (!first.ended() || !Objects.requireNonNull(attempt).ended());
    }

    /** {@return the attempt whose outcome is that of the call; null if it never came to that} */
    public @Nullable Attempt answered() {
        OutboundAttempt first = hedged();
        if (first != null && first.answered()) {
            return first;
        }
        OutboundAttempt last = attempt;
        return last != null && last.answered() ? last : null;
    }

    @Override
    final @Nullable OutboundAttempt answering() {
        return (OutboundAttempt) answered();
    }

    @Override
    final long nowNanos() {
        return gate.clock().nanos();
    }

    /** {@return what to wait for before there is an endpoint to choose; null if there is nothing to wait for, or no longer} */
    final @Nullable Wakeup awaitEndpoints() {
        Destination drawn = Objects.requireNonNull(destination);
        Demand demand = drawn.cluster().demand();
        if (demand == null) {
            return null;
        }
        if (demand.arrived() == null && !waited) {
            waited = true;
            // All that the next call may be drawn to as well, so that it need not wait.
            Objects.requireNonNull(route).ask();
            return demand.await(this);
        }
        demand.leave(this);
        Cluster arrived = demand.arrived();
        if (arrived != null) {
            destination = drawn.at(arrived);
        }
        return null;
    }

    /** Leaves those that wait for endpoints, if it is one of them. */
    final void leaveWaiting() {
        Demand demand = waited ? Objects.requireNonNull(destination).cluster().demand() : null;
        if (demand != null) {
            demand.leave(this);
        }
    }

    /** {@return whether there is an endpoint for the next attempt, which is then about to be sent} */
    final boolean choose(long now) {
        Route matched = Objects.requireNonNull(route);
        Destination drawn = Objects.requireNonNull(destination);
        Endpoint endpoint =
                pick(drawn.cluster(), matched, matched.retry().avoidPrevious() ? tried : null, gate.randomness());
        if (endpoint == null) {
            return false;
        }
        attempt = new OutboundAttempt((Dispatch) this, matched, drawn, endpoint, attempts() + 1, now);
        attemptPending = true;
        return true;
    }

    /** {@return an attempt beside a slow one, admitted by all stages; null if there is to be none} */
    final @Nullable OutboundAttempt hedgeOf(OutboundAttempt slow, long now) {
        if (!HedgeDecision.charge(slow, deadlineNanos, now)) {
            return null;
        }
        avoid(slow.endpoint());
        Destination drawn = Objects.requireNonNull(destination);
        Endpoint other = pick(drawn.cluster(), slow.route(), tried, gate.randomness());
        if (other != null && other != slow.endpoint()) {
            OutboundAttempt beside = new OutboundAttempt(
                            (Dispatch) this, slow.route(), drawn, other, slow.number() + 1, now)
                    .hedging(slow);
            Verdict<?> verdict = gate.attemptRing().admit(beside);
            if (verdict == null) {
                attempt = beside;
                return beside;
            }
            // Refused by a stage, or told to wait for what is only worth something at once.
            gate.attemptRing().settle(beside, Outcome.Cancelled.INSTANCE);
        }
        RetryDecision.release(drawn.cluster());
        return null;
    }

    /** Tells the stages how an attempt ended, and gives back its permit. */
    final void settleAttempt(OutboundAttempt own, Outcome outcome, Classification meaning, long now) {
        own.end(meaning, now);
        gate.attemptRing().settle(own, outcome);
        if (own.hedge()) {
            // A hedge is charged for as long as it is under way.
            RetryDecision.release(own.target());
        } else {
            releaseRetryPermit();
        }
    }

    /** Leaves an attempt behind whose outcome is not that of the call. */
    final void passOver(OutboundAttempt own, Outcome outcome) {
        own.count(outcome);
        avoid(own.endpoint());
    }

    /** Gives back the permit of a retry, if one is held. */
    final void releaseRetryPermit() {
        if (retryPermit) {
            retryPermit = false;
            RetryDecision.release(Objects.requireNonNull(destination).cluster());
        }
    }

    /** Settles an attempt that was under way when the call ended; one that was overtaken by another counts as cancelled. */
    final void settleOpen(@Nullable OutboundAttempt open, Outcome last) {
        if (open != null && !open.ended()) {
            Outcome own = hedged() == null ? last : Outcome.Cancelled.INSTANCE;
            settleAttempt(open, own, Classifier.classify(own), gate.clock().nanos());
        }
    }
}
