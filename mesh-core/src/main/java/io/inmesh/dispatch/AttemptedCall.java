package io.inmesh.dispatch;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.explain.Explains;
import io.inmesh.retry.Classification;
import io.inmesh.retry.Classifier;
import io.inmesh.route.Destination;
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
