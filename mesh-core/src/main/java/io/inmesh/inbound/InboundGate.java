package io.inmesh.inbound;

import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.load.LoadHeaders;
import io.inmesh.load.LoadMeter;
import io.inmesh.load.ServerLoad;
import io.inmesh.observe.MeshObserver;
import io.inmesh.time.Clock;
import org.jspecify.annotations.Nullable;

/** Where inbound requests are decided. One per mesh; thread-safe. */
public final class InboundGate {

    private final Clock clock;
    private final MeshObserver observer;
    private final LoadMeter load = new LoadMeter();
    private final SourceTable sources = new SourceTable();

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

    /**
     * {@return how loaded this process is, if that is all a request asks for; null if it is a request like any other}
     *
     * <p>Costs next to nothing, and counts nowhere. Where mutual TLS is strict only peers that proved an identity are told.
     */
    public @Nullable ServerLoad answerProbe(InboundCall call, InboundPolicy policy) {
        if (!asksForLoadOnly(call)
                || (policy.mtls(call.localPort()) == Mtls.STRICT && !(call.secure() && call.peer() != null))
                || call.peerRefusal() != null) {
            return null;
        }
        return load.now(clock.nanos());
    }

    private static boolean asksForLoadOnly(InboundCall call) {
        return call.protocol() == Call.Protocol.GRPC
                ? call.path().equals(LoadHeaders.PROBE_METHOD_PATH)
                : call.path().equals(LoadHeaders.PROBE_PATH) && call.header(LoadHeaders.ASK) != null;
    }

    /** {@return what measures the load of this process} */
    public LoadMeter load() {
        return load;
    }

    /** {@return who sends requests to this process} */
    public SourceTable sources() {
        return sources;
    }

    /** {@return what is decided about a request under a policy; never throws, since a failure is a refusal} */
    public Admission admit(InboundCall call, InboundPolicy policy) {
        InboundWork work = new InboundWork(call, policy, observer, clock, load, sources);
        work.run(InboundStages.RING);
        return work;
    }
}
