package io.inmesh.dispatch;

import io.inmesh.limit.ConnectionTurn;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;

/**
 * Refuses attempts whose time ran out while they waited for a connection. Those that have one begin only now, so that nobody takes the wait
 * for slowness of the endpoint; their deadline stays.
 */
final class AfterConnectionWait implements Stage<OutboundAttempt> {

    private static final Verdict<OutboundAttempt> ADMIT = Verdict.admit();

    @Override
    public Verdict<OutboundAttempt> admit(OutboundAttempt attempt) {
        ConnectionTurn turn = attempt.awaited();
        if (turn == null) {
            return ADMIT;
        }
        if (!turn.granted()) {
            return Verdict.reject(Rejections.noConnectionInTime(attempt));
        }
        attempt.beginsNow();
        return ADMIT;
    }
}
