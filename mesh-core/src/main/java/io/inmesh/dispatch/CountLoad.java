package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.cluster.LocalityLoad;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Experience;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Counts attempts in flight, for balancers by endpoint and for load reports by locality; tells endpoints how they end if a balancer asks. */
final class CountLoad implements Stage<OutboundAttempt>, Ticket<OutboundAttempt> {

    private final Verdict<OutboundAttempt> admit = Verdict.admit(this);

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        LocalityLoad load =
                attempt.target().load().of(attempt.endpoint().config().locality());
        attempt.load(load);
        load.start(attempt.security() != null);
        Endpoint endpoint = attempt.endpoint();
        Experience experience = endpoint.experience();
        if (experience != null) {
            experience.began(endpoint.inFlight() == 0, attempt.startedNanos());
        }
        endpoint.begin();
        return admit;
    }

    @Override
    public void settle(OutboundAttempt attempt, Outcome outcome) {
        Endpoint endpoint = attempt.endpoint();
        endpoint.end();
        Experience experience = endpoint.experience();
        if (experience != null) {
            experience.ended(end(attempt), attempt.durationNanos(), attempt.endedNanos());
        }
        switch (attempt.meaning().result()) {
            case SUCCESS -> attempt.load().succeed();
            case FAILED -> attempt.load().fail();
            case IGNORED -> attempt.load().ignore();
        }
    }

    private static Experience.End end(OutboundAttempt attempt) {
        return switch (attempt.meaning().result()) {
            case SUCCESS -> Experience.End.SUCCEEDED;
            case FAILED -> Experience.End.FAILED;
            case IGNORED -> Experience.End.UNKNOWN;
        };
    }
}
