package io.inmesh.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import io.inmesh.Mesh;
import io.inmesh.call.InboundCall;

/**
 * Notes when a call's headers were there, on the transport's thread, so that the interceptor knows how long the call waited for a thread
 * of the server's executor.
 */
final class ArrivalTracer extends ServerStreamTracer {

    private static final Context.Key<Long> ARRIVED = Context.key("inmesh-arrived");
    private static final ServerStreamTracer NONE = new ServerStreamTracer() {};

    private final long arrivedNanos;

    private ArrivalTracer(long arrivedNanos) {
        this.arrivedNanos = arrivedNanos;
    }

    /** {@return when the current call arrived, {@link InboundCall#ARRIVAL_UNKNOWN} if nobody noted it} */
    static long arrivedNanos() {
        Long arrived = ARRIVED.get();
        return arrived == null ? InboundCall.ARRIVAL_UNKNOWN : arrived;
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(ARRIVED, arrivedNanos);
    }

    /** Notes the arrival of calls while there is a policy that asks for it. */
    static final class Factory extends ServerStreamTracer.Factory {
        private final Mesh mesh;

        Factory(Mesh mesh) {
            this.mesh = mesh;
        }

        @Override
        public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
            return mesh.limitsInbound() ? new ArrivalTracer(mesh.clock().nanos()) : NONE;
        }
    }
}
