package io.inmesh.inbound;

import io.inmesh.call.Call;
import io.inmesh.call.InboundCall;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.external.ExternalAnswer;
import io.inmesh.external.ExternalAuthorizer;
import io.inmesh.external.ExternalCheck;
import io.inmesh.live.LiveRequests;
import io.inmesh.load.LoadHeaders;
import io.inmesh.load.LoadMeter;
import io.inmesh.load.ServerLoad;
import io.inmesh.observe.MeshObserver;
import io.inmesh.time.Clock;
import io.inmesh.time.Scheduler;
import io.inmesh.time.Scheduler.Cancellable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where inbound requests are decided. One per mesh; thread-safe. */
public final class InboundGate {

    private static final ExternalAuthorizer NOBODY = new ExternalAuthorizer() {
        @Override
        public Cancellable ask(ExternalCheck check, Consumer<ExternalAnswer> answer) {
            answer.accept(new ExternalAnswer.Failed("nothing here can ask anybody"));
            return () -> {};
        }

        @Override
        public void close() {}
    };

    private final Clock clock;
    private final ExternalAuthorizer external;
    private final Scheduler scheduler;
    private final InboundParts parts;
    private final LoadMeter load = new LoadMeter();
    private final SourceTable sources = new SourceTable();

    /**
     * Makes a gate.
     *
     * @param clock what times requests and their deadlines
     * @param observer told about every request
     */
    public InboundGate(Clock clock, MeshObserver observer) {
        this(clock, observer, NOBODY, (task, delayNanos) -> () -> {}, LiveRequests.OFF);
    }

    /** As the other, but that nobody can watch. */
    public InboundGate(Clock clock, MeshObserver observer, ExternalAuthorizer external, Scheduler scheduler) {
        this(clock, observer, external, scheduler, LiveRequests.OFF);
    }

    /**
     * Makes a gate that can ask outside.
     *
     * @param clock what times requests and their deadlines
     * @param observer told about every request
     * @param external asks external authorizers
     * @param scheduler ends the wait for their answers
     * @param live shown every request
     */
    public InboundGate(
            Clock clock, MeshObserver observer, ExternalAuthorizer external, Scheduler scheduler, LiveRequests live) {
        this.clock = clock;
        this.external = external;
        this.scheduler = scheduler;
        this.parts = new InboundParts(observer, clock, load, sources, live);
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
        InboundWork work = new InboundWork(call, policy, parts);
        work.run(InboundStages.RING);
        PendingCheck check = work.check();
        if (check != null) {
            check.start(external, scheduler, clock.epochMillis());
        }
        return work;
    }
}
