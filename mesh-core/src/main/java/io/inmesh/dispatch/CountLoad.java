package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.cluster.LocalityLoad;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Counts attempts in flight, for balancers by endpoint and for load reports by locality. */
final class CountLoad implements Stage<OutboundAttempt>, Ticket<OutboundAttempt> {

    private final Verdict<OutboundAttempt> admit = Verdict.admit(this);

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        LocalityLoad load =
                attempt.target().load().of(attempt.endpoint().config().locality());
        attempt.load(load);
        load.start();
        attempt.endpoint().begin();
        return admit;
    }

    @Override
    public void settle(OutboundAttempt attempt, Outcome outcome) {
        attempt.endpoint().end();
        switch (attempt.meaning().result()) {
            case SUCCESS -> attempt.load().succeed();
            case FAILED -> attempt.load().fail();
            case IGNORED -> attempt.load().ignore();
        }
    }
}
