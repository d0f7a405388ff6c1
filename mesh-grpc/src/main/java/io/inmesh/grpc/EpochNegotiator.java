package io.inmesh.grpc;

import io.grpc.internal.ObjectPool;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.NettySslContextServerCredentials;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.channel.ChannelInboundHandlerAdapter;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import io.inmesh.Mesh;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.InboundConnections;
import io.inmesh.identity.ServerTls;
import io.inmesh.time.Randomness;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a gRPC server. Each identity epoch has a TLS context of its own, so that no session is resumed that was proved under
 * another one, whatever the TLS provider; and each connection ends some time after its epoch.
 */
final class EpochNegotiator implements ProtocolNegotiator {

    private final Mesh mesh;
    private final @Nullable ObjectPool<? extends Executor> executors;
    private final InboundConnections connections;
    private volatile @Nullable Made made;

    private record Made(@Nullable IdentityEpoch epoch, ProtocolNegotiator tls) {}

    /**
     * Makes a negotiator.
     *
     * @param mesh whose identity servers present
     * @param executors what takes the work of handshakes off the event loops
     */
    EpochNegotiator(Mesh mesh, @Nullable ObjectPool<? extends Executor> executors) {
        this.mesh = mesh;
        this.executors = executors;
        this.connections = new InboundConnections(mesh.identity(), mesh.scheduler(), Randomness.SYSTEM);
    }

    @Override
    public AsciiString scheme() {
        return AsciiString.of("https");
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler grpc) {
        return new Tracking(current().newHandler(grpc));
    }

    private ProtocolNegotiator current() {
        IdentityEpoch epoch = mesh.identity().current();
        Made now = made;
        if (now != null && now.epoch() == epoch) {
            return now.tls();
        }
        return replace();
    }

    private synchronized ProtocolNegotiator replace() {
        IdentityEpoch epoch = mesh.identity().current();
        Made now = made;
        if (now != null && now.epoch() == epoch) {
            return now.tls();
        }
        ProtocolNegotiator fresh = (ProtocolNegotiator)
                InternalNettyServerCredentials.toNegotiator(NettySslContextServerCredentials.create(context(epoch)))
                        .newNegotiator(executors);
        made = new Made(epoch, fresh);
        if (now != null) {
            now.tls().close();
        }
        return fresh;
    }

    private SslContext context(@Nullable IdentityEpoch epoch) {
        try {
            // Of one epoch throughout, so that a handshake ends with what it began with however often that is replaced.
            SslContextBuilder context = epoch == null
                    ? SslContextBuilder.forServer(ServerTls.keyManager(mesh.identity()))
                            .trustManager(ServerTls.clientTrustManager(mesh.identity()))
                    : SslContextBuilder.forServer(epoch.keyManager()).trustManager(epoch.clientTrustManager());
            context.clientAuth(ClientAuth.REQUIRE);
            return GrpcSslContexts.configure(context)
                    .protocols(mesh.identity().oldestTls().protocols())
                    .build();
        } catch (SSLException e) {
            throw new IllegalStateException("the TLS context of the server could not be made", e);
        }
    }

    @Override
    public synchronized void close() {
        connections.close();
        Made now = made;
        made = null;
        if (now != null) {
            now.tls().close();
        }
    }

    /** Takes a connection into account and makes way for what negotiates. */
    private final class Tracking extends ChannelInboundHandlerAdapter {
        private final ChannelHandler negotiation;

        Tracking(ChannelHandler negotiation) {
            this.negotiation = negotiation;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext context) {
            Runnable closed = connections.opened(new ServerConnection(context.channel()));
            context.channel().closeFuture().addListener(future -> closed.run());
            context.pipeline().replace(this, null, negotiation);
        }
    }
}
