package io.inmesh.inbound;

import io.inmesh.call.Outcome;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Counts who asks, and what comes of it. */
final class CountSource implements Stage<InboundWork>, Ticket<InboundWork> {

    private final Verdict<InboundWork> admit = Verdict.admit(this);

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        return admit;
    }

    @Override
    public void settle(InboundWork work, Outcome outcome) {
        work.parts().sources().of(work.call()).request(outcome, work.elapsedNanos());
    }
}
