package io.inmesh.grpc;

import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** A service of all four kinds whose messages are plain text, so that tests need no generated code. */
final class TextService {

    static final MethodDescriptor<String, String> UNARY = method("Unary", MethodType.UNARY, true);
    static final MethodDescriptor<String, String> PAY = method("Pay", MethodType.UNARY, false);
    static final MethodDescriptor<String, String> SERVER_STREAM =
            method("ServerStream", MethodType.SERVER_STREAMING, true);
    static final MethodDescriptor<String, String> CLIENT_STREAM =
            method("ClientStream", MethodType.CLIENT_STREAMING, true);
    static final MethodDescriptor<String, String> BIDI = method("Bidi", MethodType.BIDI_STREAMING, true);

    /** What a test lets the unary methods do. */
    interface Unary {
        void answer(String request, StreamObserver<String> response);
    }

    private TextService() {}

    /** {@return the service, whose unary methods answer at once, each with what is made of its request} */
    static ServerServiceDefinition answering(UnaryOperator<String> answer) {
        return definition((request, response) -> {
            response.onNext(answer.apply(request));
            response.onCompleted();
        });
    }

    static ServerServiceDefinition definition(Unary unary) {
        return ServerServiceDefinition.builder("test.Text")
                .addMethod(UNARY, ServerCalls.asyncUnaryCall(unary::answer))
                .addMethod(PAY, ServerCalls.asyncUnaryCall(unary::answer))
                .addMethod(SERVER_STREAM, ServerCalls.asyncServerStreamingCall(TextService::threeTimes))
                .addMethod(CLIENT_STREAM, ServerCalls.asyncClientStreamingCall(TextService::joined))
                .addMethod(BIDI, ServerCalls.asyncBidiStreamingCall(TextService::echo))
                .build();
    }

    /** {@return a channel that knows nothing of a mesh and of TLS} */
    static ManagedChannel plaintextChannel(Server server) {
        return NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
    }

    private static void threeTimes(String request, StreamObserver<String> response) {
        for (int i = 1; i <= 3; i++) {
            response.onNext(request + i);
        }
        response.onCompleted();
    }

    private static StreamObserver<String> joined(StreamObserver<String> response) {
        StringBuilder all = new StringBuilder();
        return new StreamObserver<>() {
            @Override
            public void onNext(String value) {
                all.append(value);
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {
                response.onNext(all.toString());
                response.onCompleted();
            }
        };
    }

    private static StreamObserver<String> echo(StreamObserver<String> response) {
        return new StreamObserver<>() {
            @Override
            public void onNext(String value) {
                response.onNext("echo " + value);
            }

            @Override
            public void onError(Throwable t) {}

            @Override
            public void onCompleted() {
                response.onCompleted();
            }
        };
    }

    private static MethodDescriptor<String, String> method(String name, MethodType type, boolean idempotent) {
        return MethodDescriptor.<String, String>newBuilder()
                .setFullMethodName("test.Text/" + name)
                .setType(type)
                .setIdempotent(idempotent)
                .setRequestMarshaller(TextMarshaller.INSTANCE)
                .setResponseMarshaller(TextMarshaller.INSTANCE)
                .build();
    }

    private enum TextMarshaller implements MethodDescriptor.Marshaller<String> {
        INSTANCE;

        @Override
        public InputStream stream(String value) {
            return new ByteArrayInputStream(value.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String parse(InputStream stream) {
            try {
                return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
