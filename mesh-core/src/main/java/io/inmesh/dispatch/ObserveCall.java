package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.observe.CallObserver;
import io.inmesh.observe.InboundObserver.Scope;
import io.inmesh.observe.MeshObserver;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;

/** Tells the observer when a call starts and how it ends. */
final class ObserveCall implements Stage<OutboundCall>, Ticket<OutboundCall> {

    private final MeshObserver observer;
    private final Verdict<OutboundCall> admit = Verdict.admit(this);

    ObserveCall(MeshObserver observer) {
        this.observer = observer;
    }

    @Override
    public Verdict<OutboundCall> admit(OutboundCall call) {
        call.observer(Observing.callStarted(observer, call));
        return admit;
    }

    @Override
    public void settle(OutboundCall call, Outcome outcome) {
        CallObserver observer = call.observer();
        try (Scope ignored = observer.enterCall()) {
            observer.callEnded(call.call(), call.lastAttempt(), outcome, call.attempts(), call.elapsedNanos());
        }
    }
}
