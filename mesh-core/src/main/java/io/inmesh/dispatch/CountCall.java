package io.inmesh.dispatch;

import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.route.Destination;
import io.inmesh.route.Route;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;
import io.inmesh.tally.CallTally;
import io.inmesh.tally.CallTally.Counted;
import io.inmesh.tally.UnroutedTraffic;
import org.jspecify.annotations.Nullable;

/**
 * Counts how calls end, and the attempts that ended them, for the graph of services. Attempts that others followed were counted when that
 * was decided.
 */
final class CountCall implements Stage<OutboundCall>, Ticket<OutboundCall> {

    private final UnroutedTraffic unrouted;
    private final Verdict<OutboundCall> admit = Verdict.admit(this);

    CountCall(UnroutedTraffic unrouted) {
        this.unrouted = unrouted;
    }

    @Override
    public Verdict<OutboundCall> admit(OutboundCall call) {
        return admit;
    }

    @Override
    public void settle(OutboundCall call, Outcome outcome) {
        OutboundAttempt answering = call.answering();
        if (answering != null && call.attempts() == 1 && answering.startedNanos() == call.startedNanos()) {
            // Call and attempt took the same time and came to the same: one addition for both.
            answering.tally().add(Counted.ONCE, outcome, answering.durationNanos());
            return;
        }
        if (answering != null) {
            answering.count(outcome);
        }
        OutboundAttempt last = call.lastAttempt();
        if (last != null && !call.attemptPending) {
            last.count(Outcome.Cancelled.INSTANCE);
        }
        OutboundAttempt hedged = call.hedged();
        if (hedged != null) {
            hedged.count(Outcome.Cancelled.INSTANCE);
        }
        tally(call, answering == null ? last : answering, answering != null)
                .add(Counted.CALL, outcome, call.elapsedNanos());
    }

    private CallTally tally(OutboundCall call, @Nullable OutboundAttempt attempt, boolean answered) {
        boolean grpc = call.call().protocol() == Call.Protocol.GRPC;
        if (attempt != null && answered) {
            return attempt.tally();
        }
        Route route = call.route();
        Destination destination = attempt != null ? attempt.destination() : route == null ? null : route.first();
        if (route == null || destination == null || destination.cluster().missing()) {
            return unrouted.of(call.virtualHost().name(), route == null ? "" : route.name(), grpc);
        }
        return destination.traffic(route.name()).of(null, false, grpc);
    }
}
