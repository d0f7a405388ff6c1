package io.inmesh.inbound;

import io.inmesh.call.CallContext;
import io.inmesh.call.Criticality;
import io.inmesh.call.InboundCall;
import io.inmesh.time.Deadlines;

/** Reads what a request means for the calls made on its behalf, once all stages have had their say about the deadline. */
final class HandedOn {

    private HandedOn() {}

    static CallContext of(InboundCall call, InboundPolicy policy, long deadlineNanos) {
        int attempt = CallerAttempt.of(call);
        Criticality criticality = BelievedCriticality.of(call, policy.traffic());
        boolean usual = deadlineNanos == Deadlines.NEVER && attempt == 1 && criticality == Criticality.CRITICAL;
        return usual ? CallContext.NONE : new CallContext(deadlineNanos, attempt, criticality);
    }
}
