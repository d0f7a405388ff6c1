package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Tells the observer of the call when an attempt starts and how it ends. */
final class ObserveAttempt implements Stage<OutboundAttempt>, Ticket<OutboundAttempt> {

    private final Verdict<OutboundAttempt> admit = Verdict.admit(this);

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        Observing.attemptStarted(attempt.dispatch().observer(), attempt);
        return admit;
    }

    @Override
    public void settle(OutboundAttempt attempt, Outcome outcome) {
        attempt.dispatch().observer().attemptEnded(attempt, outcome, attempt.durationNanos());
    }
}
