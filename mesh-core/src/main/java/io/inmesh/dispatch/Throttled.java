package io.inmesh.dispatch;

import io.inmesh.call.Criticality;
import io.inmesh.call.Outcome;
import io.inmesh.limit.Throttle;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;
import io.inmesh.time.Randomness;

/** Refuses a share of the attempts while the servers of a cluster refuse many. Costs one volatile read where it is off. */
final class Throttled implements Stage<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> ADMIT = Verdict.admit();

    private final Randomness randomness;

    Throttled(Randomness randomness) {
        this.randomness = randomness;
    }

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        Throttle throttle = attempt.target().clientPolicy().throttle();
        if (throttle == null) {
            return ADMIT;
        }
        Criticality criticality = attempt.dispatch().criticality();
        return throttle.admits(criticality, randomness)
                ? Verdict.admit(new Learned(throttle))
                : Verdict.reject(Rejections.throttled(attempt, throttle, criticality));
    }

    /** Remembers the throttle that admitted, since a newer config may bring another. */
    private record Learned(Throttle throttle) implements Ticket<OutboundAttempt> {

        @Override
        public void settle(OutboundAttempt attempt, Outcome outcome) {
            // What a later stage refused says nothing about servers, but counts as accepted so as not to throttle for
            // it.
            throttle.answered(outcome instanceof Outcome.Response response && response.overloaded());
        }
    }
}
