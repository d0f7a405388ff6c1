package io.inmesh.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.inmesh.Mesh;
import io.inmesh.call.InboundCall;
import org.jspecify.annotations.Nullable;

/**
 * Notes what of a call only its transport knows: when its headers were there, so that the interceptor knows how long the call waited for a
 * thread of the server's executor, and what went over the wire.
 */
final class InboundTracer extends ServerStreamTracer {

    private static final Context.Key<InboundTracer> KEY = Context.key("inmesh-inbound-tracer");
    private static final ServerStreamTracer NONE = new ServerStreamTracer() {};

    private final long arrivedNanos;
    private final @Nullable MessageCount count;

    private InboundTracer(long arrivedNanos, @Nullable MessageCount count) {
        this.arrivedNanos = arrivedNanos;
        this.count = count;
    }

    /** {@return when the current call arrived, {@link InboundCall#ARRIVAL_UNKNOWN} if nobody noted it} */
    static long arrivedNanos() {
        InboundTracer tracer = KEY.get();
        return tracer == null ? InboundCall.ARRIVAL_UNKNOWN : tracer.arrivedNanos;
    }

    /** {@return what the current call has of messages, null if nobody counts} */
    static @Nullable MessageCount count() {
        InboundTracer tracer = KEY.get();
        return tracer == null ? null : tracer.count;
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(KEY, this);
    }

    @Override
    public void inboundMessageRead(int number, long wireSize, long uncompressedSize) {
        if (count != null) {
            count.request();
        }
    }

    @Override
    public void inboundWireSize(long bytes) {
        if (count != null) {
            count.requestBytes(bytes);
        }
    }

    @Override
    public void outboundMessageSent(int number, long wireSize, long uncompressedSize) {
        if (count != null) {
            count.response();
        }
    }

    @Override
    public void outboundWireSize(long bytes) {
        if (count != null) {
            count.responseBytes(bytes);
        }
    }

    /** Watches calls while there is a policy or an observer that asks for it. */
    static final class Factory extends ServerStreamTracer.Factory {
        private final Mesh mesh;

        Factory(Mesh mesh) {
            this.mesh = mesh;
        }

        @Override
        public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
            boolean arrival = mesh.limitsInbound();
            boolean sizes = mesh.wantsSizes();
            if (!arrival && !sizes) {
                return NONE;
            }
            return new InboundTracer(
                    arrival ? mesh.clock().nanos() : InboundCall.ARRIVAL_UNKNOWN, sizes ? new MessageCount() : null);
        }
    }
}
