package io.inmesh.grpc;

import io.grpc.netty.shaded.io.grpc.netty.ProtocolNegotiationEvent;
import io.grpc.netty.shaded.io.netty.buffer.ByteBuf;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandlerContext;
import io.grpc.netty.shaded.io.netty.handler.codec.ByteToMessageDecoder;
import io.inmesh.Mesh;
import io.inmesh.config.InboundConfig.Mtls;
import io.inmesh.identity.ServerTls;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for the first byte of a connection, and makes way for the handler of TLS or of plaintext, or closes what is not taken. */
final class ModeHandler extends ByteToMessageDecoder {

    private static final Logger LOG = LoggerFactory.getLogger(ModeHandler.class);

    private final Mesh mesh;
    private final Supplier<ChannelHandler> tls;
    private final Supplier<ChannelHandler> plaintext;
    // gRPC's signal to begin, kept until it is known who is to begin.
    private @Nullable ProtocolNegotiationEvent begin;

    ModeHandler(Mesh mesh, Supplier<ChannelHandler> tls, Supplier<ChannelHandler> plaintext) {
        this.mesh = mesh;
        this.tls = tls;
        this.plaintext = plaintext;
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof ProtocolNegotiationEvent negotiation) {
            begin = negotiation;
        } else {
            super.userEventTriggered(context, event);
        }
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (begin == null || !in.isReadable()) {
            return;
        }
        Mtls mode = mesh.inboundMtls(port(context.channel().localAddress()));
        boolean secured = mode != Mtls.DISABLE && ServerTls.beginsTls(in.getByte(in.readerIndex()));
        if (!secured && mode == Mtls.STRICT) {
            LOG.debug(
                    "closed: a plaintext connection from {}, but mutual TLS is STRICT",
                    context.channel().remoteAddress());
            in.skipBytes(in.readableBytes());
            context.close();
            return;
        }
        ChannelHandler next = secured ? tls.get() : plaintext.get();
        context.pipeline().addAfter(context.name(), null, next);
        context.fireUserEventTriggered(begin);
        // Hands on the bytes read so far.
        context.pipeline().remove(this);
    }

    private static int port(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getPort() : 0;
    }
}
