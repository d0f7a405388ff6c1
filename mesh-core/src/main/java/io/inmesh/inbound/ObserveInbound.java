package io.inmesh.inbound;

import io.inmesh.call.Outcome;
import io.inmesh.observe.InboundObserver;
import io.inmesh.stage.Stage;
import io.inmesh.stage.Ticket;
import io.inmesh.stage.Verdict;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the observer about a request. An observer that throws changes nothing. */
final class ObserveInbound implements Stage<InboundWork>, Ticket<InboundWork> {

    private static final Logger LOG = LoggerFactory.getLogger(ObserveInbound.class);
    private static final Verdict<InboundWork> UNOBSERVED = Verdict.admit();

    private final Verdict<InboundWork> observed = Verdict.admit(this);

    @Override
    public Verdict<InboundWork> admit(InboundWork work) {
        InboundObserver observer;
        try {
            observer = work.parts().observer().inboundStarted(work.call());
        } catch (RuntimeException e) {
            LOG.warn("An observer failed; the request goes on unobserved", e);
            return UNOBSERVED;
        }
        if (observer == InboundObserver.NONE) {
            return UNOBSERVED;
        }
        work.observer(observer);
        return observed;
    }

    @Override
    public void settle(InboundWork work, Outcome outcome) {
        InboundObserver observer = work.observer();
        try (InboundObserver.Scope ignored = observer.enter()) {
            if (work.admitted()) {
                observer.ended(work.call(), outcome, work.elapsedNanos());
            } else {
                observer.refused(work.call(), outcome, work.elapsedNanos());
            }
        }
    }

    /** {@return the observer's scope; none if it fails} */
    static InboundObserver.Scope enter(InboundObserver observer) {
        try {
            return observer.enter();
        } catch (RuntimeException e) {
            LOG.warn("An observer failed; the request goes on", e);
            return InboundObserver.Scope.NONE;
        }
    }
}
