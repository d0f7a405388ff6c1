package io.inmesh.dispatch;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;

/** The life of a copy: its route is known, its deadline is given, and its end gives a permit back. */
final class MirroredDispatch extends Dispatch {

    private final MirroredCall copy;

    MirroredDispatch(OutboundGate gate, Call call, OutboundCall of, MirroredCall copy) {
        super(gate, call, of.virtualHost(), of.config);
        this.copy = copy;
    }

    @Override
    void begin() {
        route = copy.route();
        context = copy.context();
        deadlineNanos = copy.deadlineNanos();
    }

    @Override
    void over(Outcome outcome) {
        copy.ended(call, outcome, elapsedNanos());
    }
}
