package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.fault.Fault;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import io.inmesh.time.Randomness;

/** Answers the share of calls that the route wants aborted. */
final class AbortFault implements Stage<OutboundCall> {

    private static final Verdict<OutboundCall> ADMIT = Verdict.admit();

    private final Randomness randomness;

    AbortFault(Randomness randomness) {
        this.randomness = randomness;
    }

    @Override
    public Verdict<OutboundCall> admit(OutboundCall call) {
        Fault fault = call.fault();
        Outcome.LocalReply abort = fault == null ? null : fault.drawAbort(randomness);
        return abort == null ? ADMIT : Verdict.reject(abort);
    }
}
