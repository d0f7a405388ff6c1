package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.observe.MeshObserver;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Tells the observer when a call starts and how it ends. */
final class ObserveCall implements Stage<Dispatch>, Ticket<Dispatch> {

    private final MeshObserver observer;
    private final Verdict<Dispatch> admit = Verdict.admit(this);

    ObserveCall(MeshObserver observer) {
        this.observer = observer;
    }

    @Override
    public Verdict<Dispatch> admit(Dispatch dispatch) {
        dispatch.observer(Observing.callStarted(observer, dispatch));
        return admit;
    }

    @Override
    public void settle(Dispatch dispatch, Outcome outcome) {
        OutboundAttempt last = dispatch.lastAttempt();
        dispatch.observer()
                .callEnded(
                        dispatch.call(),
                        last == null ? null : last.cluster(),
                        outcome,
                        dispatch.attempts(),
                        dispatch.elapsedNanos());
    }
}
