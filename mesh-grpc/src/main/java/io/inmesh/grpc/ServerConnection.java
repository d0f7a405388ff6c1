package io.inmesh.grpc;

import io.grpc.netty.shaded.io.grpc.netty.InternalGracefulServerCloseCommand;
import io.grpc.netty.shaded.io.netty.channel.Channel;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslHandler;
import io.inmesh.identity.InboundConnections;
import java.security.cert.Certificate;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/** A connection to a gRPC server, as Netty has it. */
record ServerConnection(Channel channel) implements InboundConnections.Connection {

    @Override
    public Certificate @Nullable [] peerChain() {
        SslHandler tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            return null;
        }
        try {
            return tls.engine().getSession().getPeerCertificates();
        } catch (SSLPeerUnverifiedException noCertificate) {
            return null;
        }
    }

    /** GOAWAY (RFC 9113, 6.8); calls under way take as long as they like. */
    @Override
    public void endGracefully() {
        channel.writeAndFlush(InternalGracefulServerCloseCommand.create(
                "connect again: the server's identity is another one", Long.MAX_VALUE, TimeUnit.NANOSECONDS));
    }

    /** Callers see UNAVAILABLE, which they may retry. */
    @Override
    public void endNow() {
        // From the head of the pipeline, since the HTTP/2 handler would wait for the streams.
        ChannelHandlerContext first = channel.pipeline().firstContext();
        if (first != null) {
            first.close();
        }
    }
}
