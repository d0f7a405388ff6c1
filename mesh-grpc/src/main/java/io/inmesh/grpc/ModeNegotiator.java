package io.inmesh.grpc;

import io.grpc.ServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiator.ProtocolNegotiator;
import io.grpc.netty.shaded.io.grpc.netty.InternalProtocolNegotiators;
import io.grpc.netty.shaded.io.netty.channel.ChannelHandler;
import io.grpc.netty.shaded.io.netty.util.AsciiString;
import io.inmesh.Mesh;

/**
 * Has a gRPC server take TLS, plaintext or both, as the mode of the moment says.
 *
 * <p>gRPC's public API fixes the transport of a port when the server is built. This uses what gRPC's own xDS server is made with: all of
 * it is named {@code Internal} there, and is used nowhere but in this class, {@link ModeHandler} and {@link EpochNegotiator}.
 */
final class ModeNegotiator implements ProtocolNegotiator {

    private static final AsciiString SCHEME = AsciiString.of("https");

    private final Mesh mesh;
    private final ProtocolNegotiator tls;
    private final ProtocolNegotiator plaintext;

    private ModeNegotiator(Mesh mesh, ProtocolNegotiator tls) {
        this.mesh = mesh;
        this.tls = tls;
        this.plaintext = InternalProtocolNegotiators.serverPlaintext();
    }

    /** {@return what makes a server follow the mode of the mesh} */
    static ServerCredentials credentials(Mesh mesh) {
        InternalProtocolNegotiator.ServerFactory factory =
                executors -> new ModeNegotiator(mesh, new EpochNegotiator(mesh, executors));
        return InternalNettyServerCredentials.create(factory);
    }

    @Override
    public AsciiString scheme() {
        return SCHEME;
    }

    @Override
    public ChannelHandler newHandler(GrpcHttp2ConnectionHandler connection) {
        return new ModeHandler(mesh, () -> tls.newHandler(connection), () -> plaintext.newHandler(connection));
    }

    @Override
    public void close() {
        tls.close();
        plaintext.close();
    }
}
