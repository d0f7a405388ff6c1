package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.retry.Classification;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Tells outlier detection what each attempt experienced. Choosing endpoints that are not ejected is the balancer's part. */
final class LearnOutliers implements Stage<OutboundAttempt>, Ticket<OutboundAttempt> {

    private final Verdict<OutboundAttempt> admit = Verdict.admit(this);

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        return admit;
    }

    @Override
    public void settle(OutboundAttempt attempt, Outcome outcome) {
        Classification meaning = attempt.meaning();
        if (meaning.result() != Classification.Result.IGNORED) {
            attempt.target().outlierDetection().report(attempt.endpoint(), meaning.error());
        }
    }
}
