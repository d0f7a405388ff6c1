package io.inmesh.dispatch;

import io.inmesh.stage.Stage;
import io.inmesh.stage.Verdict;
import io.inmesh.time.Deadlines;

/** Refuses calls whose deadline passed before they began. */
final class CallDeadline implements Stage<Dispatch> {

    private static final Verdict<Dispatch> ADMIT = Verdict.admit();

    @Override
    public Verdict<Dispatch> admit(Dispatch dispatch) {
        return Deadlines.passed(dispatch.deadlineNanos(), dispatch.startedNanos())
                ? Verdict.reject(Rejections.deadline(dispatch))
                : ADMIT;
    }
}
