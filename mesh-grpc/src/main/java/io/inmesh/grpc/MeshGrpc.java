package io.inmesh.grpc;

import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.ServerBuilder;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerStreamTracer;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.inmesh.Mesh;
import io.inmesh.identity.SpiffeId;
import io.inmesh.token.VerifiedToken;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * Puts the mesh into gRPC-Java.
 *
 * <pre>{@code
 * ManagedChannel ratings = MeshGrpc.channel("ratings:9080", mesh);
 * Server server = MeshGrpc.server(9080, mesh).addService(new RatingsService()).build().start();
 * }</pre>
 */
public final class MeshGrpc {

    /** Who called, in handlers behind {@link #serverInterceptor}; absent without mTLS. */
    public static final Context.Key<SpiffeId> PEER = Context.key("inmesh-peer");

    /** The token a call proved, in handlers behind {@link #serverInterceptor}; absent without one, and where no tokens are asked for. */
    public static final Context.Key<VerifiedToken> TOKEN = Context.key("inmesh-token");

    private static final long HANDSHAKE_SECONDS = 10;

    private MeshGrpc() {}

    /**
     * {@return a channel whose calls go through the mesh}
     *
     * <p>Every call is routed, balanced, retried, secured and observed under the same policy, the same retry budget and the
     * same view of endpoints as the HTTP calls of this process. A name the mesh does not know is resolved by DNS and called in
     * plaintext, as a plain channel would. Shutting the channel down releases everything.
     *
     * @param target name to call, {@code host} or {@code host:port}
     * @param mesh the mesh of this process
     */
    public static ManagedChannel channel(String target, Mesh mesh) {
        return channel(target, mesh, UnaryOperator.identity());
    }

    /**
     * {@return a channel whose calls go through the mesh, over connections the application has a say in}
     *
     * @param target name to call, {@code host} or {@code host:port}
     * @param mesh the mesh of this process
     * @param customizer changes the builder of the channel to each endpoint, e.g. message sizes or keep-alive; what the mesh
     *     decides (address, TLS, retries) is set after or beside it
     */
    public static ManagedChannel channel(String target, Mesh mesh, UnaryOperator<NettyChannelBuilder> customizer) {
        mesh.checkWith("grpc", () -> new GrpcChecker(mesh));
        return new MeshChannel(mesh, Authority.parse(target), customizer);
    }

    /** {@return an interceptor that asks the mesh about every call that comes in; put it first, so that it is outermost} */
    public static ServerInterceptor serverInterceptor(Mesh mesh) {
        return new MeshServerInterceptor(mesh);
    }

    /**
     * {@return a service that tells callers how loaded this process is; {@link #server} has it, other servers need it beside {@link
     * #serverInterceptor} if callers choose by load (algorithm {@code PROBING})}
     */
    public static ServerServiceDefinition loadService(Mesh mesh) {
        return LoadService.of(mesh);
    }

    /**
     * {@return what tells the mesh how long calls waited for a thread and how large they are, for {@link
     * ServerBuilder#addStreamTracerFactory}}
     *
     * <p>Without it a server behind {@link #serverInterceptor} counts no sizes and messages, and sheds load by what is in flight alone. Calls waiting in the operating
     * system, or in the transport before their headers are read, are seen by neither.
     */
    public static ServerStreamTracer.Factory arrivalTracer(Mesh mesh) {
        return new InboundTracer.Factory(mesh);
    }

    /**
     * {@return a server builder with the mesh's TLS, interceptor and arrival tracer}
     *
     * <p>STRICT: TLS 1.3 (1.2 on request) with a client certificate of the mesh, and nothing else; plaintext connections are closed unanswered.
     * PERMISSIVE: the same and plaintext, on one port. DISABLE: plaintext. The mode of every connection is the one in force when its
     * first byte is there, and certificates are read per handshake, so changes of both reach a running server; connections end
     * some time after the identity they began under, and streams of peers that are not trusted any more with UNAVAILABLE, see {@link
     * io.inmesh.identity.InboundConnections}. Connections that have not finished the handshakes of TLS and HTTP/2 after 10 seconds
     * are closed.
     *
     * @param port TCP port, 0 for any free one
     * @param mesh the mesh of this process
     */
    public static ServerBuilder<?> server(int port, Mesh mesh) {
        return NettyServerBuilder.forPort(port, ModeNegotiator.credentials(mesh))
                .handshakeTimeout(HANDSHAKE_SECONDS, TimeUnit.SECONDS)
                .addStreamTracerFactory(arrivalTracer(mesh))
                .intercept(serverInterceptor(mesh))
                .addService(loadService(mesh));
    }
}
