package io.inmesh.testkit.simulation;

import io.inmesh.Mesh;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.LocalReply;
import io.inmesh.call.Outcome.Rejection;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.inbound.Admission;
import io.inmesh.observe.InboundObserver;
import io.inmesh.testkit.FakeCall;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The inbound engine in front of a replica's workers, if it has one. */
abstract sealed class Gatekeeper {

    /** {@return the refusal to answer a request with, null to let it in} */
    abstract @Nullable Outcome admit(Request request);

    /** Runs work on behalf of a request, with what the engine knows about it at hand. */
    abstract void within(Request request, Runnable work);

    abstract void ended(Request request, Outcome outcome);

    static Gatekeeper of(@Nullable InboundConfig policy, VirtualTime time) {
        return policy == null ? new Absent() : new Engine(policy, time);
    }

    private static final class Absent extends Gatekeeper {
        @Override
        @Nullable
        Outcome admit(Request request) {
            return null;
        }

        @Override
        void within(Request request, Runnable work) {
            work.run();
        }

        @Override
        void ended(Request request, Outcome outcome) {}
    }

    private static final class Engine extends Gatekeeper {
        private final Mesh mesh;
        private final Map<Request, Admission> admitted = new IdentityHashMap<>();

        Engine(InboundConfig policy, VirtualTime time) {
            mesh = Mesh.builder()
                    .config(MeshConfig.builder().inbound(policy).build())
                    .clock(time)
                    .scheduler(time)
                    .build();
        }

        @Override
        @Nullable
        Outcome admit(Request request) {
            FakeCall call = FakeCall.get("/").arrivedNanos(request.arrivedNanos());
            request.headers().forEach(call::header);
            Admission admission = mesh.inbound(call);
            if (!admission.admitted()) {
                return answer(admission.rejection());
            }
            admitted.put(request, admission);
            return null;
        }

        @Override
        void within(Request request, Runnable work) {
            Admission admission = Objects.requireNonNull(admitted.get(request), "not admitted");
            InboundObserver.Scope scope = admission.enter();
            try {
                work.run();
            } finally {
                scope.close();
            }
        }

        @Override
        void ended(Request request, Outcome outcome) {
            Admission admission = admitted.remove(request);
            if (admission != null) {
                admission.settle(outcome);
            }
        }

        /** What the caller sees of a refusal on the wire. */
        private static Outcome answer(Outcome refusal) {
            int status = refusal instanceof Rejection rejection
                    ? rejection.httpStatus()
                    : ((LocalReply) refusal).httpStatus();
            return Outcome.Response.http(status);
        }
    }
}
