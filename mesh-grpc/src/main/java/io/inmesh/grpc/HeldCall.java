package io.inmesh.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.inmesh.call.Outcome;
import io.inmesh.inbound.Admission;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call that waits for its admission without a thread. It goes on on a thread of ours, since an interceptor is not told the server's
 * executor, and neither the threads that bring answers nor the timer may be held up by an application.
 */
final class HeldCall<ReqT, RespT> {

    private static final Logger LOG = LoggerFactory.getLogger(HeldCall.class);

    private final ServerCall<ReqT, RespT> call;
    private final Admission admission;
    private final Supplier<ServerCall.Listener<ReqT>> rest;
    private final Context context = Context.current();
    private final HeldListener<ReqT> listener;
    private volatile boolean gone;

    /**
     * Holds a call.
     *
     * @param rest what happens once it is decided about
     */
    HeldCall(ServerCall<ReqT, RespT> call, Admission admission, Supplier<ServerCall.Listener<ReqT>> rest) {
        this.call = call;
        this.admission = admission;
        this.rest = rest;
        this.listener = new HeldListener<>(this::cancelled);
    }

    /** {@return what hears the call from now on} */
    ServerCall.Listener<ReqT> listener() {
        admission.whenDecided(() -> ApplicationThreads.ADMITTED.execute(context.wrap(this::goOn)));
        return listener;
    }

    private void cancelled() {
        gone = true;
        admission.settle(Outcome.Cancelled.INSTANCE);
    }

    private void close() {
        try {
            call.close(Status.UNKNOWN, new Metadata());
        } catch (IllegalStateException closedAlready) {
            LOG.debug("the handler had closed the call before it failed", closedAlready);
        }
    }

    private void goOn() {
        if (gone) {
            admission.settle(Outcome.Cancelled.INSTANCE);
            return;
        }
        try {
            listener.open(rest.get());
        } catch (RuntimeException | Error failure) {
            // As the server does about a handler that throws.
            LOG.error("a call failed after its admission", failure);
            close();
            if (failure instanceof Error error) {
                throw error;
            }
        }
    }
}
