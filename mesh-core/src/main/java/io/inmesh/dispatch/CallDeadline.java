package io.inmesh.dispatch;

import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import io.inmesh.time.Deadlines;

/** Refuses calls whose deadline passed before they began. */
final class CallDeadline implements Stage<OutboundCall> {

    private static final Verdict<OutboundCall> ADMIT = Verdict.admit();

    @Override
    public Verdict<OutboundCall> admit(OutboundCall call) {
        return Deadlines.passed(call.deadlineNanos(), call.startedNanos())
                ? Verdict.reject(Rejections.deadline(call))
                : ADMIT;
    }
}
