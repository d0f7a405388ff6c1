package io.inmesh.inbound;

import io.inmesh.call.InboundCall;
import io.inmesh.observe.MeshObserver;
import io.inmesh.time.Clock;

/** Where inbound requests are decided. One per mesh; thread-safe. */
public final class InboundGate {

    private final Clock clock;
    private final MeshObserver observer;

    /**
     * Makes a gate.
     *
     * @param clock what times requests and their deadlines
     * @param observer told about every request
     */
    public InboundGate(Clock clock, MeshObserver observer) {
        this.clock = clock;
        this.observer = observer;
    }

    /** {@return what is decided about a request under a policy; never throws, since a failure is a refusal} */
    public Admission admit(InboundCall call, InboundPolicy policy) {
        InboundWork work = new InboundWork(call, policy, observer, clock);
        work.run(InboundStages.RING);
        return work;
    }
}
