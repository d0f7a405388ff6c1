package io.inmesh.inbound;

import io.inmesh.call.Outcome;
import io.inmesh.call.StatusCodes;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Measures what the application has to do, for callers who ask how loaded it is. */
final class MeasureLoad implements Stage<InboundWork>, Ticket<InboundWork> {

    private final Verdict<InboundWork> admit = Verdict.admit(this);

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        work.beginLoad();
        return admit;
    }

    @Override
    public void settle(InboundWork work, Outcome outcome) {
        work.endLoad(succeeded(outcome));
    }

    private static boolean succeeded(Outcome outcome) {
        return outcome instanceof Outcome.Response response
                && response.httpStatus() < 500
                && (response.grpcStatus() < 0 || StatusCodes.httpOf(response.grpcStatus()) < 500);
    }
}
