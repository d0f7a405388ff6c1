package io.inmesh.inbound;

import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Counts who asks, and how many of those requests security refused. */
final class CountSource implements Stage<InboundWork>, Ticket<InboundWork> {

    private final Verdict<InboundWork> admit = Verdict.admit(this);

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        return admit;
    }

    @Override
    public void settle(InboundWork work, Outcome outcome) {
        work.sources().of(work.call()).request(refusedBySecurity(outcome));
    }

    private static boolean refusedBySecurity(Outcome outcome) {
        if (outcome instanceof Outcome.LocalReply reply) {
            return reply.reason() == Reason.UNAUTHORIZED;
        }
        return outcome instanceof Outcome.Rejection rejection
                && (rejection.reason() == Reason.UNAUTHORIZED || rejection.reason() == Reason.NO_PEER_IDENTITY);
    }
}
