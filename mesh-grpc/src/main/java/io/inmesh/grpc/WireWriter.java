package io.inmesh.grpc;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Writes fields of a protobuf message. Source: protobuf's encoding; fields with their default value are left out. */
final class WireWriter {

    private static final int VARINT = 0;
    private static final int BYTES = 2;
    private static final int SEVEN_BITS = 0x7f;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    byte[] bytes() {
        return out.toByteArray();
    }

    void number(int field, long value) {
        if (value != 0) {
            varint((long) field << 3 | VARINT);
            varint(value);
        }
    }

    void text(int field, String value) {
        if (!value.isEmpty()) {
            bytes(field, value.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Writes a message, even an empty one. */
    void message(int field, Consumer<WireWriter> content) {
        WireWriter inner = new WireWriter();
        content.accept(inner);
        bytes(field, inner.bytes());
    }

    private void bytes(int field, byte[] value) {
        varint((long) field << 3 | BYTES);
        varint(value.length);
        out.writeBytes(value);
    }

    private void varint(long value) {
        long left = value;
        while ((left & ~SEVEN_BITS) != 0) {
            out.write((int) (left & SEVEN_BITS) | SEVEN_BITS + 1);
            left >>>= 7;
        }
        out.write((int) left);
    }
}
