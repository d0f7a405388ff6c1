package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.retry.Classification;
import io.inmesh.retry.Hedging;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/**
 * Says when a first attempt is hedged, and learns how long answers take. Only calls are hedged that may be processed twice and sent
 * twice, and that are not made for a repeated request. Costs one volatile read where nothing is hedged.
 */
final class LearnHedging implements Stage<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> ADMIT = Verdict.admit();

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        Hedging hedging = attempt.target().clientPolicy().hedging();
        if (hedging == null) {
            return ADMIT;
        }
        hedging.sent();
        if (attempt.number() == 1
                && attempt.call().idempotent()
                && attempt.call().replayable()
                && !attempt.dispatch().context().repeated()) {
            attempt.hedgeAfter(hedging.delayNanos());
        }
        return Verdict.admit(new Learned(hedging));
    }

    /** Remembers what was asked, since a newer config may bring another. */
    private record Learned(Hedging hedging) implements Ticket<OutboundAttempt> {

        @Override
        public void settle(OutboundAttempt attempt, Outcome outcome) {
            long took = attempt.durationNanos();
            boolean overtaken = outcome instanceof Outcome.Cancelled && took >= attempt.hedgeDelayNanos();
            if (attempt.meaning().result() == Classification.Result.SUCCESS || overtaken) {
                // An attempt that was overtaken would have taken longer still; leaving it out would make slow calls
                // disappear.
                hedging.answered(took);
            }
            if (outcome instanceof Outcome.Response response && response.overloaded()) {
                hedging.pushedBack(response.pushbackMillis());
            }
        }
    }
}
