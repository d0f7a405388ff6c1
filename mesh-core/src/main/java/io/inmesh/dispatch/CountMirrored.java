package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Counts copies in flight for balancers by endpoint, and for nobody else. */
final class CountMirrored implements Stage<OutboundAttempt>, Ticket<OutboundAttempt> {

    private final Verdict<OutboundAttempt> admit = Verdict.admit(this);

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        attempt.endpoint().begin();
        return admit;
    }

    @Override
    public void settle(OutboundAttempt attempt, Outcome outcome) {
        attempt.endpoint().end();
    }
}
