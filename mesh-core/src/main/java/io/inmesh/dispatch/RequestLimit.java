package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Bounds the attempts in flight to a cluster. Refuses at once. */
final class RequestLimit implements Stage<OutboundAttempt>, Ticket<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> UNLIMITED = Verdict.admit();

    private final Verdict<OutboundAttempt> permit = Verdict.admit(this);

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        ClusterLimits limits = attempt.target().limits();
        if (!limits.limitsRequests()) {
            return UNLIMITED;
        }
        return limits.tryBeginRequest() ? permit : Verdict.reject(Rejections.overflow(attempt));
    }

    @Override
    public void settle(OutboundAttempt attempt, Outcome outcome) {
        attempt.target().limits().endRequest();
    }
}
