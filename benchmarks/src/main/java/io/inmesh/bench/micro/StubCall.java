package io.inmesh.bench.micro;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A unary call that echoes its message on the calling thread, and tells stream tracers what a transport would tell them. It lets itself be
 * seen, as a call that a transport knows is, else the compiler would make nothing at all of a call without the mesh.
 */
final class StubCall<ReqT, RespT> extends ClientCall<ReqT, RespT> {

    private static final Metadata NONE = new Metadata();

    /** Written, never read. */
    static @Nullable StubCall<?, ?> seen;

    private final CallOptions options;
    private @Nullable Listener<RespT> listener;
    private @Nullable Metadata headers;
    private @Nullable ReqT message;

    StubCall(CallOptions options) {
        this.options = options;
    }

    @Override
    public void start(Listener<RespT> responseListener, Metadata requestHeaders) {
        listener = responseListener;
        headers = requestHeaders;
        seen = this;
    }

    @Override
    public void sendMessage(ReqT request) {
        message = request;
    }

    @Override
    @SuppressWarnings("unchecked")
    public void halfClose() {
        Listener<RespT> told = listener;
        Metadata sent = headers;
        ReqT echoed = message;
        if (told == null || sent == null || echoed == null) {
            throw new IllegalStateException("the call was not started or has no message");
        }
        trace(sent);
        told.onHeaders(NONE);
        // Request and response of the one method used here are of the same type.
        told.onMessage((RespT) echoed);
        told.onClose(Status.OK, NONE);
    }

    private void trace(Metadata sent) {
        List<ClientStreamTracer.Factory> factories = options.getStreamTracerFactories();
        for (int i = 0; i < factories.size(); i++) {
            ClientStreamTracer tracer = factories.get(i).newClientStreamTracer(Streams.INFO, sent);
            tracer.outboundHeaders();
            tracer.inboundHeaders();
        }
    }

    @Override
    public void request(int numMessages) {}

    @Override
    public void cancel(@Nullable String reason, @Nullable Throwable cause) {}

    /** Made on first use, which a bare call does not make. */
    private static final class Streams {
        private static final ClientStreamTracer.StreamInfo INFO =
                ClientStreamTracer.StreamInfo.newBuilder().build();
    }
}
