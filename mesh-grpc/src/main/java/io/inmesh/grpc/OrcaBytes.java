package io.inmesh.grpc;

import io.grpc.Metadata;
import io.inmesh.load.LoadHeaders;
import io.inmesh.load.OrcaText;
import io.inmesh.load.ServerLoad;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A report as a serialized {@code xds.data.orca.v3.OrcaLoadReport}, in the trailer that gRFC A51 names.
 *
 * <p>Three fields of one message need no generated class, which would tie applications to a version of the xDS API.
 */
final class OrcaBytes {

    /** The trailer. */
    static final Metadata.Key<byte[]> KEY = Metadata.Key.of(LoadHeaders.BINARY, Metadata.BINARY_BYTE_MARSHALLER);

    private static final int NAMED_METRICS = 8;
    private static final int APPLICATION_UTILIZATION = 9;
    private static final int ENTRY_KEY = 1;
    private static final int ENTRY_VALUE = 2;

    private static final int VARINT = 0;
    private static final int FIXED64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED32 = 5;

    private static final byte[] REQUESTS = OrcaText.REQUESTS_IN_FLIGHT.getBytes(StandardCharsets.UTF_8);
    private static final byte[] SERVICE_TIME = OrcaText.SERVICE_TIME.getBytes(StandardCharsets.UTF_8);
    private static final double NANOS = 1e9;
    /** More than three fields can take. */
    private static final int LARGEST = 128;

    private OrcaBytes() {}

    static byte[] write(ServerLoad load) {
        ByteBuffer bytes = ByteBuffer.allocate(LARGEST).order(ByteOrder.LITTLE_ENDIAN);
        writeMetric(bytes, REQUESTS, load.requestsInFlight());
        if (load.serviceTimeNanos() != ServerLoad.UNKNOWN) {
            writeMetric(bytes, SERVICE_TIME, load.serviceTimeNanos() / NANOS);
        }
        if (load.utilization() >= 0) {
            writeDouble(bytes, APPLICATION_UTILIZATION, load.utilization());
        }
        byte[] written = new byte[bytes.position()];
        bytes.flip().get(written);
        return written;
    }

    private static void writeMetric(ByteBuffer bytes, byte[] name, double value) {
        // Tag and length of the name, the name, tag and value: all lengths are below 128, so one byte each.
        int length = 2 + name.length + 1 + Double.BYTES;
        bytes.put(tag(NAMED_METRICS, BYTES)).put((byte) length);
        bytes.put(tag(ENTRY_KEY, BYTES)).put((byte) name.length).put(name);
        writeDouble(bytes, ENTRY_VALUE, value);
    }

    private static void writeDouble(ByteBuffer bytes, int field, double value) {
        bytes.put(tag(field, FIXED64)).putDouble(value);
    }

    private static byte tag(int field, int type) {
        return (byte) (field << 3 | type);
    }

    /** {@return what a report says; null if it cannot be read or does not say how many requests are in flight} */
    static @Nullable ServerLoad read(byte[] report) {
        try {
            Figures figures = new Figures();
            figures.read(ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN));
            return OrcaText.of(figures.requests, figures.seconds, figures.utilization);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return null;
        }
    }

    /** What has been read so far. */
    private static final class Figures {
        private double requests = -1;
        private double seconds;
        private double utilization = ServerLoad.NOT_SAID;

        void read(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                long tag = varint(bytes);
                if (tag == (APPLICATION_UTILIZATION << 3 | FIXED64)) {
                    utilization = bytes.getDouble();
                } else if (tag == (NAMED_METRICS << 3 | BYTES)) {
                    metric(slice(bytes));
                } else {
                    skip(bytes, (int) tag & 7);
                }
            }
        }

        private void metric(ByteBuffer entry) {
            ByteBuffer name = ByteBuffer.allocate(0);
            double value = 0;
            while (entry.hasRemaining()) {
                long tag = varint(entry);
                if (tag == (ENTRY_KEY << 3 | BYTES)) {
                    name = slice(entry);
                } else if (tag == (ENTRY_VALUE << 3 | FIXED64)) {
                    value = entry.getDouble();
                } else {
                    skip(entry, (int) tag & 7);
                }
            }
            if (name.equals(ByteBuffer.wrap(REQUESTS))) {
                requests = value;
            } else if (name.equals(ByteBuffer.wrap(SERVICE_TIME))) {
                seconds = value;
            }
        }
    }

    private static ByteBuffer slice(ByteBuffer bytes) {
        long length = varint(bytes);
        if (length < 0 || length > bytes.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer slice = bytes.slice().order(ByteOrder.LITTLE_ENDIAN).limit((int) length);
        bytes.position(bytes.position() + (int) length);
        return slice;
    }

    private static void skip(ByteBuffer bytes, int type) {
        switch (type) {
            case VARINT -> varint(bytes);
            case FIXED64 -> bytes.getLong();
            case BYTES -> slice(bytes);
            case FIXED32 -> bytes.getInt();
            default -> throw new IllegalArgumentException("wire type " + type);
        }
    }

    private static long varint(ByteBuffer bytes) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte next = bytes.get();
            value |= (long) (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number does not end");
    }
}
