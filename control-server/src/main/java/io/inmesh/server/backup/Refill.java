package io.inmesh.server.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Listing;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.Schema;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts a copy into an engine. It takes several changes, because no engine makes one of any size; until the last of them a mark keeps servers
 * from starting, and putting the copy there again completes it.
 */
final class Refill {

    /** Within what etcd takes at once without further settings: operations, and bytes of a request. */
    private static final int MOST_WRITES = 100;

    private static final int MOST_BYTES = 512 << 10;

    /**
     * How far revisions jump when an older state comes back: clients may have seen more of the state that is lost than the copy knows of,
     * and must not take what comes next for something they know.
     */
    static final long JUMP = 1_000_000;

    private final Engine engine;
    private final List<Write> pending = new ArrayList<>();
    private final Listing present;
    private final long seen;
    private int bytes;

    /**
     * Fills an engine in place. Changes nothing yet.
     *
     * @param engine what to fill
     * @param replace whether what it holds may go
     * @throws IOException if it is not empty and must not be replaced
     */
    Refill(Engine engine, boolean replace) throws IOException {
        this.engine = engine;
        this.present = engine.list();
        this.seen = number(present.table(Schema.TABLE).get(Schema.REVISION));
        if (!present.tables().isEmpty() && !resumes() && !replace) {
            throw new IOException(
                    "the store is not empty; add --replace if what it holds may go, or choose another one");
        }
    }

    /**
     * Sees whether an engine may be filled.
     *
     * @throws IOException if it is not empty and must not be replaced
     */
    static void check(Engine engine, boolean replace) throws IOException {
        new Refill(engine, replace);
    }

    private Refill(Engine fresh, long seen) {
        this.engine = fresh;
        this.present = fresh.list();
        this.seen = seen;
    }

    /** {@return the same for an engine that is empty and is to take the place of this one} */
    Refill beside(Engine fresh) {
        return new Refill(fresh, seen);
    }

    /** {@return whether another one was interrupted, so that what the engine holds may go} */
    boolean resumes() {
        return present.table(Schema.TABLE).containsKey(Schema.UNFINISHED);
    }

    /**
     * Makes the engine hold a copy and nothing else.
     *
     * @param copied the copy; what it says of servers that ran is left out
     * @param jump how far the configuration's revision jumps
     */
    void with(SortedMap<String, SortedMap<String, byte[]>> copied, long jump) {
        fill(copied, jump);
        finish(engine);
    }

    /** As {@link #with}, but the mark that keeps servers from starting stays, until {@link #finish}. */
    void fill(SortedMap<String, SortedMap<String, byte[]>> copied, long jump) {
        SortedMap<String, SortedMap<String, byte[]>> tables = new TreeMap<>(copied);
        tables.keySet().removeAll(Schema.PASSING);
        engine.put(Schema.TABLE, Schema.UNFINISHED, "a copy is being put here".getBytes(UTF_8));
        present.tables()
                .forEach((table, entries) -> entries.keySet().forEach(key -> {
                    boolean kept =
                            tables.containsKey(table) && tables.get(table).containsKey(key);
                    if (!kept && !table.equals(Schema.TABLE)) {
                        write(new Write(table, key, null));
                    }
                }));
        tables.forEach((table, entries) -> entries.forEach((key, value) -> {
            if (!table.equals(Schema.TABLE)
                    && !Arrays.equals(present.table(table).get(key), value)) {
                write(new Write(table, key, value));
            }
        }));
        flush();
        long last = tables.containsKey(Schema.TABLE)
                ? number(tables.get(Schema.TABLE).get(Schema.REVISION))
                : 0;
        byte[] revision = ByteBuffer.allocate(Long.BYTES)
                .putLong(Math.max(seen, last) + jump)
                .array();
        engine.change(List.of(), List.of(new Write(Schema.TABLE, Schema.REVISION, revision), Schema.current()));
    }

    /** Lets servers start on an engine that {@link #fill} has filled. */
    static void finish(Engine engine) {
        engine.delete(Schema.TABLE, Schema.UNFINISHED);
    }

    private static long number(byte @Nullable [] value) {
        return value == null ? 0 : ByteBuffer.wrap(value).getLong();
    }

    private void write(Write write) {
        int size = write.key().length() + (write.value() == null ? 0 : write.value().length);
        if (pending.size() == MOST_WRITES || bytes + size > MOST_BYTES) {
            flush();
        }
        pending.add(write);
        bytes += size;
    }

    private void flush() {
        if (!pending.isEmpty()) {
            engine.change(List.of(), List.copyOf(pending));
        }
        pending.clear();
        bytes = 0;
    }
}
