package io.inmesh.grpc;

import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Shows handlers the headers as the application sees them, and keeps them. */
final class ShownHeaders implements ServerInterceptor {

    private static final Context.Key<Metadata> HEADERS = Context.key("headers");

    /** Those of every call so far. */
    final Queue<Metadata> all = new ConcurrentLinkedQueue<>();

    /** {@return those of the call that the calling handler answers} */
    static Metadata now() {
        return HEADERS.get();
    }

    @Override
    public <ReqT, RespT> ServerCall.Listener<ReqT> interceptCall(
            ServerCall<ReqT, RespT> call, Metadata headers, ServerCallHandler<ReqT, RespT> next) {
        all.add(headers);
        return Contexts.interceptCall(Context.current().withValue(HEADERS, headers), call, headers, next);
    }
}
