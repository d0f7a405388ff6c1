package io.inmesh.bench.micro;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.inmesh.Mesh;
import io.inmesh.bench.Echo;
import io.inmesh.call.Call;
import io.inmesh.grpc.MeshGrpc;
import io.inmesh.okhttp.MeshOkHttp;
import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;

/** A way to make a call that is answered inside the process. */
enum Way {
    /** Only what is decided and accounted for. */
    ENGINE("engine") {
        @Override
        Calling calling(Mesh mesh) {
            Call[] calls = Scenes.calls();
            return new Calling() {
                private int position;

                @Override
                public void call() {
                    position = (position + 1) & (Scenes.CALLS - 1);
                    Scenes.call(mesh, calls[position]);
                }
            };
        }
    },
    /** A whole call by OkHttp. */
    OKHTTP("OkHttp") {
        @Override
        Calling calling(Mesh mesh) {
            OkHttpClient client = MeshOkHttp.wrap(new OkHttpClient(), mesh)
                    .newBuilder()
                    .addInterceptor(Way::answer)
                    .build();
            Request request = new Request.Builder()
                    .url("http://" + Scenes.AUTHORITY + "/reviews/0")
                    .build();
            return () -> {
                try (Response response = client.newCall(request).execute()) {
                    if (response.code() != OK) {
                        throw new IOException("HTTP " + response.code());
                    }
                }
            };
        }
    },
    /** A whole unary call by gRPC. */
    GRPC("gRPC") {
        @Override
        Calling calling(Mesh mesh) {
            ManagedChannel channel =
                    MeshGrpc.channel(Scenes.AUTHORITY, mesh, builder -> builder.intercept(new Answering()));
            return new Calling() {
                @Override
                public void call() {
                    ClientCall<byte[], byte[]> call = channel.newCall(Echo.METHOD, CallOptions.DEFAULT);
                    call.start(new ClientCall.Listener<>() {}, new Metadata());
                    call.request(2);
                    call.sendMessage(MESSAGE);
                    call.halfClose();
                }

                @Override
                public void close() {
                    channel.shutdownNow();
                }
            };
        }
    };

    private static final int OK = 200;
    private static final byte[] MESSAGE = new byte[16];

    private final String text;

    Way(String text) {
        this.text = text;
    }

    /** Makes calls until it is closed. */
    interface Calling extends AutoCloseable {
        /** Makes one. */
        void call() throws IOException;

        @Override
        default void close() {}
    }

    String text() {
        return text;
    }

    abstract Calling calling(Mesh mesh);

    private static Response answer(Interceptor.Chain chain) {
        return new Response.Builder()
                .request(chain.request())
                .protocol(Protocol.HTTP_1_1)
                .code(OK)
                .message("OK")
                .body(ResponseBody.EMPTY)
                .build();
    }

    /** Takes the place of every transport. */
    private static final class Answering implements ClientInterceptor {
        @Override
        public <ReqT, RespT> ClientCall<ReqT, RespT> interceptCall(
                MethodDescriptor<ReqT, RespT> method, CallOptions options, Channel next) {
            return new StubCall<>(options);
        }
    }
}
