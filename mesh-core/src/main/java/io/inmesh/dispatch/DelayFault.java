package io.inmesh.dispatch;

import io.inmesh.fault.Fault;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import io.inmesh.time.Randomness;

/** Injects the route's delay into the share of calls it is meant for. */
final class DelayFault implements Stage<OutboundCall> {

    private static final Verdict<OutboundCall> ADMIT = Verdict.admit();

    private final Randomness randomness;

    DelayFault(Randomness randomness) {
        this.randomness = randomness;
    }

    @Override
    public Verdict<OutboundCall> admit(OutboundCall call) {
        Fault fault = call.fault();
        long delayNanos = fault == null ? 0 : fault.drawDelayNanos(randomness);
        if (delayNanos <= 0) {
            return ADMIT;
        }
        Observing.delayed(call.observer(), delayNanos);
        return new Verdict.Admit<>(null, delayNanos);
    }
}
