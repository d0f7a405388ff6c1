package io.inmesh.bench;

import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.ServerCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** A unary gRPC service that answers with what it was sent. Messages are bytes, so that no codec is measured. */
public final class Echo {

    /** The one method. */
    public static final MethodDescriptor<byte[], byte[]> METHOD = MethodDescriptor.<byte[], byte[]>newBuilder()
            .setFullMethodName("inmesh.bench.Echo/Echo")
            .setType(MethodDescriptor.MethodType.UNARY)
            .setIdempotent(true)
            .setRequestMarshaller(Bytes.INSTANCE)
            .setResponseMarshaller(Bytes.INSTANCE)
            .build();

    private Echo() {}

    /** {@return the service, for a server} */
    public static ServerServiceDefinition service() {
        return ServerServiceDefinition.builder("inmesh.bench.Echo")
                .addMethod(METHOD, ServerCalls.<byte[], byte[]>asyncUnaryCall((request, response) -> {
                    response.onNext(request);
                    response.onCompleted();
                }))
                .build();
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
