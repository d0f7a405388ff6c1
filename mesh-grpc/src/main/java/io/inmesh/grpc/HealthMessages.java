package io.inmesh.grpc;

import io.grpc.MethodDescriptor.Marshaller;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The two messages of {@code grpc.health.v1}, by hand: each has one field, and this module does without protobuf.
 *
 * <p>Request: field 1, the service as a string. Response: field 1, the status as a number.
 */
final class HealthMessages {

    private static final int STRING_FIELD_1 = 0x0a;
    private static final int VARINT_FIELD_1 = 0x08;
    private static final int SEVEN_BITS = 0x7f;

    /** What a server says about a service. */
    enum Status {
        UNKNOWN,
        SERVING,
        NOT_SERVING,
        SERVICE_UNKNOWN
    }

    static final Marshaller<String> REQUEST = new Marshaller<>() {
        @Override
        public InputStream stream(String service) {
            return new ByteArrayInputStream(request(service));
        }

        @Override
        public String parse(InputStream stream) {
            throw new UnsupportedOperationException("requests are only sent");
        }
    };

    static final Marshaller<Status> RESPONSE = new Marshaller<>() {
        @Override
        public InputStream stream(Status value) {
            throw new UnsupportedOperationException("responses are only received");
        }

        @Override
        public Status parse(InputStream stream) {
            try {
                return response(stream.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    };

    private HealthMessages() {}

    private static byte[] request(String service) {
        byte[] name = service.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (name.length > 0) {
            out.write(STRING_FIELD_1);
            int left = name.length;
            while (left > SEVEN_BITS) {
                out.write(left & SEVEN_BITS | SEVEN_BITS + 1);
                left >>>= 7;
            }
            out.write(left);
            out.writeBytes(name);
        }
        return out.toByteArray();
    }

    /** An unknown or absent status is the first one, as in protobuf. */
    private static Status response(byte[] bytes) {
        boolean known = bytes.length >= 2 && bytes[0] == VARINT_FIELD_1 && bytes[1] > 0;
        return known && bytes[1] < Status.values().length ? Status.values()[bytes[1]] : Status.UNKNOWN;
    }
}
