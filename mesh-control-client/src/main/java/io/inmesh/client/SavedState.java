package io.inmesh.client;

import com.google.protobuf.ByteString;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The last good state.
 *
 * @param savedAt when it was saved
 * @param resources what was accepted then
 */
record SavedState(Instant savedAt, List<Entry> resources) {

    /** One resource. */
    record Entry(String typeUrl, String name, String version, ByteString bytes) {}

    static SavedState of(ResourceStore store, Instant now) {
        List<Entry> entries = new ArrayList<>();
        for (TypeState type : store.types()) {
            for (TypeState.Accepted accepted : type.accepted()) {
                entries.add(new Entry(
                        type.typeUrl(),
                        accepted.resource().name(),
                        accepted.version(),
                        accepted.resource().bytes()));
            }
        }
        return new SavedState(now, entries);
    }

    byte[] encode() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(savedAt.toEpochMilli());
        out.writeInt(resources.size());
        for (Entry entry : resources) {
            write(out, entry.typeUrl().getBytes(StandardCharsets.UTF_8));
            write(out, entry.name().getBytes(StandardCharsets.UTF_8));
            write(out, entry.version().getBytes(StandardCharsets.UTF_8));
            write(out, entry.bytes().toByteArray());
        }
        return bytes.toByteArray();
    }

    /** Reads what {@link #encode} wrote; what comes here was signed, so it is only wrong if this class is. */
    static SavedState decode(byte[] bytes) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
        Instant savedAt = Instant.ofEpochMilli(in.readLong());
        int count = in.readInt();
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            entries.add(new Entry(text(in), text(in), text(in), ByteString.copyFrom(in.readNBytes(in.readInt()))));
        }
        return new SavedState(savedAt, entries);
    }

    private static void write(DataOutputStream out, byte[] part) throws IOException {
        out.writeInt(part.length);
        out.write(part);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
    }
}
