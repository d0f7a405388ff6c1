package io.inmesh.bench;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A gRPC service that answers with what it was sent. Messages are bytes, so that no codec is measured. */
public final class Echo {

    /** One message for another. */
    public static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setFullMethodName("inmesh.bench.Echo/Echo")
            .setType(MethodDescriptor.MethodType.UNARY)
            .setIdempotent(true)
            .setRequestMarshaller(Bytes.INSTANCE)
            .setResponseMarshaller(Bytes.INSTANCE)
            .build();

    /** The same on one stream, answer for answer, for as long as the caller likes. */
    public static final MethodDescriptor<byte[], byte[]> STREAM = METHOD.toBuilder()
            .setFullMethodName("inmesh.bench.Echo/Stream")
            .setType(MethodDescriptor.MethodType.BIDI_STREAMING)
            .setIdempotent(false)
            .build();

    private Echo() {}

    /** {@return the service, for a server} */
    public static ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("inmesh.bench.Echo")
                .addMethod(METHOD, ServerCalls.<byte[], byte[]>asyncUnaryCall((request, response) -> {
                    response.onNext(request);
                    response.onCompleted();
                }))
                .addMethod(STREAM, ServerCalls.<byte[], byte[]>asyncBidiStreamingCall(Echo::stream))
                .build();
    }

    private static StreamObserver<byte[]> stream(StreamObserver<byte[]> response) {
        return new StreamObserver<>() {
            @Override
            public void onNext(byte[] value) {
                response.onNext(value);
            }

            @Override
            public void onError(Throwable gone) {
                // The stream is over; there is nobody to tell.
            }

            @Override
            public void onCompleted() {
                response.onCompleted();
            }
        };
    }

    private enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
