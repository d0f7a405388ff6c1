package io.inmesh.grpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads fields of a protobuf message one after the other. Whatever is malformed is an {@link IllegalArgumentException}. */
final class WireReader {

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private final ByteBuffer bytes;
    private int type;

    WireReader(byte[] bytes) {
        this(ByteBuffer.wrap(bytes));
    }

    private WireReader(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** {@return number of the next field, which is then to be read or skipped; 0 at the end} */
    int field() {
        if (!bytes.hasRemaining()) {
            return 0;
        }
        long tag = varint();
        type = (int) tag & 7;
        if (tag >>> 3 == 0 || tag >>> 3 > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a field has no number");
        }
        return (int) (tag >>> 3);
    }

    long number() {
        expect(VARINT);
        return varint();
    }

    String text() {
        return StandardCharsets.UTF_8.decode(slice()).toString();
    }

    WireReader message() {
        return new WireReader(slice());
    }

    void skip() {
        switch (type) {
            case VARINT -> varint();
            case FIXED64 -> advance(Long.BYTES);
            case BYTES -> slice();
            case FIXED32 -> advance(Integer.BYTES);
            default -> throw new IllegalArgumentException("wire type " + type);
        }
    }

    private void expect(int expected) {
        if (type != expected) {
            throw new IllegalArgumentException("wire type " + type + " instead of " + expected);
        }
    }

    private ByteBuffer slice() {
        expect(BYTES);
        long length = varint();
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException("a field is cut off");
        }
        ByteBuffer slice = bytes.slice().limit((int) length);
        advance((int) length);
        return slice;
    }

    private void advance(int count) {
        if (count > bytes.remaining()) {
            throw new IllegalArgumentException("a field is cut off");
        }
        bytes.position(bytes.position() + count);
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (!bytes.hasRemaining()) {
                throw new IllegalArgumentException("a number is cut off");
            }
            byte next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number does not end");
    }
}
