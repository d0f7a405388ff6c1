package io.inmesh.grpc;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.inmesh.call.Attempt;
import io.inmesh.call.Outcome;
import io.inmesh.load.ServerLoad;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hears one attempt. What reaches the application commits the call; an attempt that ends before anything did may be followed by
 * another.
 *
 * <p>The headers of a unary answer are held until its message is there, because a server that fails after sending headers says so
 * in the trailers: unlike a proxy, which has passed the headers on by then, a process can still repeat the call.
 */
final class AttemptListener<RespT> extends ClientCall.Listener<RespT> {

    private final MeshClientCall<?, RespT> call;
    private final Attempt attempt;
    private final AttemptTracer tracer;
    private final Consumer<Outcome> ended;
    private @Nullable Metadata heldHeaders;
    private boolean answered;
    /** The answer of an attempt that may have another beside it, until it is known which of the two is the call's. */
    private @Nullable RespT heldMessage;

    private volatile @Nullable Status endStatus;
    private volatile @Nullable Metadata endTrailers;

    AttemptListener(MeshClientCall<?, RespT> call, Attempt attempt, AttemptTracer tracer, Consumer<Outcome> ended) {
        this.call = call;
        this.attempt = attempt;
        this.tracer = tracer;
        this.ended = ended;
    }

    @Override
    public void onHeaders(Metadata headers) {
        answered = true;
        if (call.holdsHeaders()) {
            heldHeaders = headers;
            return;
        }
        call.commit();
        deliver(headers);
    }

    @Override
    public void onMessage(RespT message) {
        if (call.hedges(attempt)) {
            heldMessage = message;
            return;
        }
        call.commit();
        releaseHeaders();
        call.applicationListener().onMessage(message);
    }

    @Override
    public void onReady() {
        if (attempt.hedge()) {
            // The application was told when the attempt beside it was.
            return;
        }
        call.applicationListener().onReady();
    }

    @Override
    public void onClose(Status status, Metadata trailers) {
        boolean repeatable = call.ended(attempt, this);
        if (repeatable
                && GrpcOutcomes.missedConnection(status, tracer)
                && !expired()
                && call.sendAgain(attempt, ended)) {
            return;
        }
        ServerLoad load = attempt.asksForLoad() ? LoadProber.load(trailers) : null;
        if (load != null) {
            attempt.reportLoad(load);
        }
        if (!answered && tracer.answered() && attempt.editsResponse()) {
            // An answer without headers of its own: what the trailers hold stood in the headers on the wire.
            attempt.writeResponseHeaders(new MetadataSink(trailers));
        }
        if (call.hedges(attempt)) {
            endStatus = status;
            endTrailers = trailers;
        } else {
            if (status.isOk()) {
                call.commit();
            }
            if (call.committed()) {
                releaseHeaders();
            }
            call.attemptClosed(status, trailers);
        }
        if (attempt.call() instanceof GrpcCall told) {
            told.counted(tracer.count(), status);
        }
        call.enterExecutor();
        try {
            ended.accept(GrpcOutcomes.of(status, trailers, tracer, expired()));
        } finally {
            call.leaveExecutor();
        }
    }

    /** {@return what ended it; null while it is under way} */
    @Nullable
    Status endStatus() {
        return endStatus;
    }

    /** {@return what came with the end; null while it is under way} */
    @Nullable
    Metadata endTrailers() {
        return endTrailers;
    }

    /** Gives the application what was held back, now that this is the attempt whose outcome is the call's. */
    void release() {
        releaseHeaders();
        RespT message = heldMessage;
        if (message != null) {
            heldMessage = null;
            call.applicationListener().onMessage(message);
        }
    }

    private void releaseHeaders() {
        Metadata held = heldHeaders;
        if (held != null) {
            heldHeaders = null;
            deliver(held);
        }
    }

    private void deliver(Metadata headers) {
        if (attempt.editsResponse()) {
            attempt.writeResponseHeaders(new MetadataSink(headers));
        }
        call.applicationListener().onHeaders(headers);
    }

    private boolean expired() {
        return attempt.deadlineNanos() != Long.MAX_VALUE && attempt.deadlineNanos() - call.nowNanos() <= 0;
    }
}
