package io.inmesh.bench.macro;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.xds.XdsChannelCredentials;
import io.inmesh.Mesh;
import io.inmesh.bench.Echo;
import io.inmesh.grpc.MeshGrpc;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import java.io.IOException;
import javax.net.ssl.SSLException;

/** Callers by grpc-java, unary. */
final class GrpcCallers {

    private GrpcCallers() {}

    /** {@return a caller that knows an address} */
    static Caller bare(int port) {
        return caller(
                NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build());
    }

    /** {@return a caller that knows an address and does the same mutual TLS as the mesh would} */
    static Caller bare(int port, IdentityEpoch epoch, PeerExpectation peer) throws SSLException {
        SslContextBuilder context =
                SslContextBuilder.forClient().keyManager(epoch.keyManager()).trustManager(epoch.trustManager(peer));
        return caller(NettyChannelBuilder.forAddress("127.0.0.1", port)
                .sslContext(
                        GrpcSslContexts.configure(context).protocols("TLSv1.3").build())
                .build());
    }

    /** {@return a caller that knows a name} */
    static Caller meshed(Mesh mesh, String service) {
        return caller(MeshGrpc.channel(service + ":" + Backend.GRPC_PORT, mesh));
    }

    /** {@return a caller that knows a name and asks the control server named by {@code GRPC_XDS_BOOTSTRAP} about it} */
    static Caller xds(String service) {
        ChannelCredentials credentials = XdsChannelCredentials.create(InsecureChannelCredentials.create());
        String target = "xds:///" + service + ".default.svc.cluster.local:" + Backend.GRPC_PORT;
        return caller(Grpc.newChannelBuilder(target, credentials).build());
    }

    private static Caller caller(Channel channel) {
        byte[] message = new byte[Backend.PAYLOAD_BYTES];
        return () -> {
            byte[] answer = ClientCalls.blockingUnaryCall(channel, Echo.METHOD, CallOptions.DEFAULT, message);
            if (answer.length != message.length) {
                throw new IOException("unexpected answer: " + answer.length + " bytes");
            }
        };
    }
}
