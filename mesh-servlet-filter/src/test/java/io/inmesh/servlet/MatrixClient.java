package io.inmesh.servlet;

import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.stub.ClientCalls;
import io.inmesh.Mesh;
import io.inmesh.grpc.MeshGrpc;
import io.inmesh.identity.IdentityEpoch;
import io.inmesh.identity.PeerExpectation;
import io.inmesh.identity.SpiffeId;
import io.inmesh.okhttp.MeshOkHttp;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** The kinds of clients: through the mesh, and as anybody might write one who does not use it. */
enum MatrixClient {
    OKHTTP("OkHttp") {
        @Override
        Answer throughMesh(Mesh mesh, MatrixServer server) {
            return call(MeshOkHttp.wrap(client(server, Protocol.H2_PRIOR_KNOWLEDGE), mesh), "http://who:9080", server);
        }

        @Override
        Answer alone(
                int port, @Nullable X509ExtendedKeyManager keys, X509ExtendedTrustManager trust, MatrixServer server)
                throws Exception {
            SSLContext context = SSLContext.getInstance("TLSv1.3");
            context.init(keys == null ? null : new KeyManager[] {keys}, new TrustManager[] {trust}, null);
            OkHttpClient client = client(server, Protocol.HTTP_2, Protocol.HTTP_1_1)
                    .newBuilder()
                    .sslSocketFactory(context.getSocketFactory(), trust)
                    .hostnameVerifier(IdentityEpoch.hostnameVerifier(EXPECTED))
                    .build();
            return call(client, "https://127.0.0.1:" + port, server);
        }

        private OkHttpClient client(MatrixServer server, Protocol... protocols) {
            OkHttpClient.Builder client = new OkHttpClient.Builder().callTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return (server.speaksHttp1() ? client : client.protocols(List.of(protocols))).build();
        }

        private Answer call(OkHttpClient client, String origin, MatrixServer server) {
            Request request = server.speaksHttp1()
                    ? new Request.Builder().url(origin + "/who").build()
                    : new Request.Builder()
                            .url(origin + "/" + MatrixServer.WHO.getFullMethodName())
                            .header("te", "trailers")
                            .post(RequestBody.create(new byte[FRAME_HEAD], MediaType.get("application/grpc")))
                            .build();
            try (Response response = client.newCall(request).execute()) {
                byte[] body = response.body().bytes();
                if (server.speaksHttp1()) {
                    return Answer.of(response.code(), new String(body, StandardCharsets.UTF_8));
                }
                String status =
                        response.header("grpc-status", response.trailers().get("grpc-status"));
                return status.equals("0")
                        ? Answer.of(200, new String(body, FRAME_HEAD, body.length - FRAME_HEAD, StandardCharsets.UTF_8))
                        : Answer.of(status.equals("7") ? 403 : 500, status);
            } catch (IOException failure) {
                return Answer.failed(failure);
            } finally {
                client.connectionPool().evictAll();
                client.dispatcher().executorService().shutdown();
            }
        }
    },
    GRPC("gRPC") {
        @Override
        Answer throughMesh(Mesh mesh, MatrixServer server) throws Exception {
            return call(MeshGrpc.channel("who:9080", mesh));
        }

        @Override
        Answer alone(
                int port, @Nullable X509ExtendedKeyManager keys, X509ExtendedTrustManager trust, MatrixServer server)
                throws Exception {
            SslContextBuilder context = SslContextBuilder.forClient().trustManager(trust);
            if (keys != null) {
                context.keyManager(keys);
            }
            return call(NettyChannelBuilder.forAddress("127.0.0.1", port)
                    .overrideAuthority("who")
                    .sslContext(GrpcSslContexts.configure(context).build())
                    .build());
        }

        private Answer call(ManagedChannel channel) throws InterruptedException {
            try {
                CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
                return Answer.of(200, ClientCalls.blockingUnaryCall(channel, MatrixServer.WHO, options, ""));
            } catch (StatusRuntimeException failure) {
                return switch (failure.getStatus().getCode()) {
                    case PERMISSION_DENIED -> Answer.of(403, "");
                    case UNAVAILABLE -> Answer.failed(failure);
                    default -> Answer.of(500, failure.getStatus().toString());
                };
            } finally {
                channel.shutdownNow().awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
            }
        }
    };

    /** So long that only a test that fails waits for it. */
    private static final long PATIENCE_SECONDS = 20;

    private static final int FRAME_HEAD = 5;

    /** Whom clients expect to answer. */
    static final PeerExpectation EXPECTED =
            new PeerExpectation(Set.of(SpiffeId.of(MatrixCredential.DOMAIN, "default", "who")), "who");

    final String text;

    MatrixClient(String text) {
        this.text = text;
    }

    /** {@return what came of a call to {@code who:9080}, which the mesh knows} */
    abstract Answer throughMesh(Mesh mesh, MatrixServer server) throws Exception;

    /**
     * {@return what came of a call over TLS without the mesh}
     *
     * @param port where the server listens on loopback
     * @param keys what is presented, null for nothing
     * @param trust decides whether the server is believed
     * @param server what kind it is
     */
    abstract Answer alone(
            int port, @Nullable X509ExtendedKeyManager keys, X509ExtendedTrustManager trust, MatrixServer server)
            throws Exception;

    /**
     * What a client knows afterwards.
     *
     * @param status of HTTP, or what gRPC's is called there; 0 for none
     * @param text the body, or why there is none
     * @param failure why there was no answer, null if there was one
     */
    record Answer(int status, String text, @Nullable Throwable failure) {
        static Answer of(int status, String text) {
            return new Answer(status, text, null);
        }

        static Answer failed(Throwable failure) {
            return new Answer(0, "", failure);
        }
    }
}
