package io.inmesh.grpc;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.inmesh.grpc.auth.AuthorizationGrpc;
import io.inmesh.grpc.auth.CheckRequest;
import io.inmesh.grpc.auth.CheckResponse;
import io.inmesh.grpc.auth.DeniedHttpResponse;
import io.inmesh.grpc.auth.HeaderValue;
import io.inmesh.grpc.auth.HeaderValueOption;
import io.inmesh.grpc.auth.HttpStatus;
import io.inmesh.grpc.auth.OkHttpResponse;
import io.inmesh.grpc.auth.Status;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/** An external authorizer on a socket, made with generated code, that answers as a test says. */
final class CheckServer extends AuthorizationGrpc.AuthorizationImplBase {

    interface Answer {
        CheckResponse to(CheckRequest check) throws Exception;
    }

    final List<CheckRequest> checks = new CopyOnWriteArrayList<>();
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch cancelled = new CountDownLatch(1);
    volatile Answer answer = check -> CheckResponse.getDefaultInstance();
    volatile boolean silent;
    private final Server server = NettyServerBuilder.forPort(0).addService(this).build();

    void start() throws IOException {
        server.start();
    }

    int port() {
        return server.getPort();
    }

    void close() throws InterruptedException {
        server.shutdownNow().awaitTermination();
    }

    @Override
    public void check(CheckRequest request, StreamObserver<CheckResponse> response) {
        ((ServerCallStreamObserver<CheckResponse>) response).setOnCancelHandler(cancelled::countDown);
        checks.add(request);
        asked.countDown();
        if (silent) {
            return;
        }
        try {
            response.onNext(answer.to(request));
            response.onCompleted();
        } catch (Exception e) {
            response.onError(e);
        }
    }

    static CheckResponse allowed(String name, String value) {
        return CheckResponse.newBuilder()
                .setOkResponse(OkHttpResponse.newBuilder().addHeaders(header(name, value)))
                .build();
    }

    static CheckResponse allowedTelling(String name, String value) {
        return CheckResponse.newBuilder()
                .setOkResponse(OkHttpResponse.newBuilder().addResponseHeadersToAdd(header(name, value)))
                .build();
    }

    static CheckResponse denied(int status, String name, String value, String body) {
        return CheckResponse.newBuilder()
                .setStatus(Status.newBuilder().setCode(7))
                .setDeniedResponse(DeniedHttpResponse.newBuilder()
                        .setStatus(HttpStatus.newBuilder().setCode(status))
                        .addHeaders(header(name, value))
                        .setBody(body))
                .build();
    }

    static HeaderValueOption.Builder header(String name, String value) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value));
    }
}
