package io.inmesh.server.limit;

import io.grpc.ServerInterceptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.inmesh.server.time.Timer;
import java.util.concurrent.TimeUnit;

/** Puts the limits on one gRPC listener. */
public final class Guard implements AutoCloseable {
    private static final int AGE_GRACE_SECONDS = 10;

    private final Limits limits;
    private final Connections connections;
    private final CallGate calls;

    /**
     * Makes what one listener needs; its threads start with the first connection.
     *
     * @param certificates whether the listener asks for certificates, without which callers may do little
     */
    public Guard(Limits limits, Timer timer, boolean certificates) {
        this.limits = limits;
        this.connections = new Connections(limits);
        this.calls = new CallGate(limits, timer, connections, certificates);
    }

    /** Sets what the transport has to keep to. */
    public void apply(NettyServerBuilder builder) {
        connections.guard(builder);
        builder.maxInboundMessageSize(limits.messageBytes())
                .maxInboundMetadataSize(limits.metadataBytes())
                .maxConcurrentCallsPerConnection(limits.callsPerConnection())
                .handshakeTimeout(limits.handshake().toMillis(), TimeUnit.MILLISECONDS)
                // gRPC spreads the ends, and lets what is under way end in order.
                .maxConnectionAge(limits.connectionAge().toMillis(), TimeUnit.MILLISECONDS)
                .maxConnectionAgeGrace(AGE_GRACE_SECONDS, TimeUnit.SECONDS)
                .maxConnectionIdle(limits.idle().toMillis(), TimeUnit.MILLISECONDS)
                .maxRstFramesPerWindow(limits.resets(), Limits.RESET_WINDOW_SECONDS);
    }

    /** {@return what bounds calls; to be asked when it is known who calls} */
    public ServerInterceptor calls() {
        return calls;
    }

    /** Ends the threads; to be called when the server has ended. */
    @Override
    public void close() {
        connections.close();
    }
}
