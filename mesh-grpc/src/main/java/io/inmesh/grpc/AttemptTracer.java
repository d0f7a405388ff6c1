package io.inmesh.grpc;

import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import org.jspecify.annotations.Nullable;

/** Notes the two things a status does not tell: whether the request left this process, and whether the peer answered it. */
class AttemptTracer extends ClientStreamTracer {

    private volatile boolean sent;
    private volatile boolean answered;

    @Override
    public void outboundHeaders() {
        sent = true;
    }

    @Override
    public void inboundHeaders() {
        answered = true;
    }

    @Override
    public void inboundTrailers(Metadata trailers) {
        answered = true;
    }

    /** {@return whether the request's headers were written} */
    boolean sent() {
        return sent;
    }

    /** {@return whether anything came back, so that a status is the peer's and not this process's} */
    boolean answered() {
        return answered;
    }

    /** {@return what the attempt had of messages; null if nobody counts} */
    @Nullable
    MessageCount count() {
        return null;
    }

    /** Hands out the tracer of one attempt; with gRPC's own retries off there is one stream per attempt. */
    static final class Factory extends ClientStreamTracer.Factory {
        private final AttemptTracer tracer;

        Factory(AttemptTracer tracer) {
            this.tracer = tracer;
        }

        @Override
        public ClientStreamTracer newClientStreamTracer(StreamInfo info, Metadata headers) {
            return tracer;
        }
    }
}
