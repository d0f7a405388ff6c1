package io.inmesh.server.store;

import io.inmesh.server.store.ConfigStore.Behind;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Listing;
import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Write;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small tables as all servers on one engine see them: read from memory, told of what other servers write, and written through. Other tables
 * of the engine are read and written as they are.
 *
 * <p>What this server has written itself is read by it at once; what others write, as soon as the engine tells. While the engine cannot
 * be asked, what was known last is read, and writes are refused. Safe for use by several threads.
 */
public final class FollowedTables implements KeyValueTable, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FollowedTables.class);

    private final Engine engine;
    private final String[] names;
    private final Map<String, Held> tables = new ConcurrentHashMap<>();
    private final Follower follower;

    /** What is held of one table. Guarded by itself, but for the listeners and for what is in a volatile field. */
    private static final class Held {
        private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
        private volatile SortedMap<String, byte[]> entries = new TreeMap<>();
        private volatile long revision;

        /** Takes what happened, unless it is known. {@return whether anything has changed} */
        synchronized boolean take(long happened, List<Write> writes) {
            if (happened <= revision) {
                return false;
            }
            revision = happened;
            return take(writes);
        }

        /** Takes writes whose place among others is not known. {@return whether anything has changed} */
        synchronized boolean take(List<Write> writes) {
            SortedMap<String, byte[]> next = new TreeMap<>(entries);
            boolean changed = false;
            for (Write write : writes) {
                byte[] value = write.value();
                byte[] before = value == null ? next.remove(write.key()) : next.put(write.key(), value);
                changed |= !Arrays.equals(before, value);
            }
            entries = next;
            return changed;
        }

        /** Takes a listing. {@return whether anything has changed} */
        synchronized boolean take(long listed, SortedMap<String, byte[]> all) {
            SortedMap<String, byte[]> before = entries;
            revision = listed;
            entries = new TreeMap<>(all);
            return before.size() != all.size()
                    || all.entrySet().stream()
                            .anyMatch(entry -> !Arrays.equals(before.get(entry.getKey()), entry.getValue()));
        }
    }

    /**
     * Reads tables, and follows them from then on.
     *
     * @param engine where they are; not closed with this
     * @param clock says since when nothing is heard
     * @param names which to follow
     * @throws StoreUnavailableException if the engine cannot be asked
     */
    public FollowedTables(Engine engine, InstantSource clock, String... names) {
        this.engine = engine;
        this.names = names.clone();
        for (String name : names) {
            tables.put(name, new Held());
        }
        Listing listing = engine.list(this.names);
        tables.forEach((name, held) -> held.take(listing.revision(), listing.table(name)));
        follower = new Follower(engine, tables.keySet(), clock, this::hear, this::readAnew);
        follower.from(listing.revision());
    }

    /**
     * Calls a listener after every change of a table, whoever made it, on the thread that made or heard of it. It must be short, and may
     * be called by several threads at once.
     *
     * @throws IllegalArgumentException if the table is not followed
     */
    public void onChange(String table, Runnable listener) {
        Held held = tables.get(table);
        if (held == null) {
            throw new IllegalArgumentException("table " + table + " is not followed");
        }
        held.listeners.add(listener);
    }

    /** {@return since when this server may not have heard of everything; empty if it hears} */
    public Optional<Behind> behind() {
        return follower.behind();
    }

    /** {@return a value; one that is not held is asked for, since it may have been written elsewhere only just now} */
    @Override
    public Optional<byte[]> get(String table, String key) {
        Held held = tables.get(table);
        byte[] value = held == null ? null : held.entries.get(key);
        return value == null ? engine.get(table, key) : Optional.of(value);
    }

    @Override
    public SortedMap<String, byte[]> scan(String table) {
        Held held = tables.get(table);
        return held == null ? engine.scan(table) : new TreeMap<>(held.entries);
    }

    /**
     * As {@link Engine#change}, and read here at once.
     *
     * @return whether all guards held; then every write is durable, else none has happened
     */
    public boolean change(List<Guard> guards, List<Write> writes) {
        boolean made = engine.change(guards, writes);
        if (made) {
            written(writes);
        }
        return made;
    }

    @Override
    public void put(String table, String key, byte[] value) {
        change(List.of(), List.of(new Write(table, key, value)));
    }

    @Override
    public boolean delete(String table, String key) {
        boolean deleted = engine.delete(table, key);
        written(List.of(new Write(table, key, null)));
        return deleted;
    }

    @Override
    public boolean compareAndSet(String table, String key, byte @Nullable [] expected, byte[] value) {
        return change(List.of(new Guard(table, key, expected)), List.of(new Write(table, key, value)));
    }

    /** As {@link #compareAndSet}, for what may be read here only when the engine tells of it, since that costs less. */
    public boolean compareAndSetLazily(String table, String key, byte[] expected, byte[] value) {
        return engine.compareAndSet(table, key, expected, value);
    }

    @Override
    public long increment(String table, String key) {
        return engine.increment(table, key);
    }

    /** Makes own writes visible here: it may be a while until the engine tells of them. */
    private void written(List<Write> writes) {
        writes.stream().map(Write::table).distinct().forEach(table -> {
            Held held = tables.get(table);
            if (held != null && takeWritten(table, held, writes)) {
                tell(table);
            }
        });
    }

    private boolean takeWritten(String table, Held held, List<Write> writes) {
        try {
            follower.requireSameIfBehind();
            Listing listing = engine.list(table);
            synchronized (held) {
                // Whoever knows more than the listing knows of the writes, too.
                return listing.revision() >= held.revision && held.take(listing.revision(), listing.table(table));
            }
        } catch (StoreUnavailableException e) {
            // They have been made all the same; in which order with what others wrote meanwhile is heard later.
            return held.take(of(table, writes));
        }
    }

    private static List<Write> of(String table, List<Write> writes) {
        return writes.stream().filter(write -> write.table().equals(table)).toList();
    }

    private boolean hear(Transaction transaction) {
        Set<String> touched = new LinkedHashSet<>();
        transaction.writes().forEach(write -> touched.add(write.table()));
        for (String table : touched) {
            Held held = tables.get(table);
            if (held != null && held.take(transaction.revision(), of(table, transaction.writes()))) {
                tell(table);
            }
        }
        return true;
    }

    /** {@return the engine's revision that everything is known up to} */
    private long readAnew() {
        OptionalLong revision = OptionalLong.empty();
        while (revision.isEmpty()) {
            Map<String, Long> before = new TreeMap<>();
            tables.forEach((name, held) -> before.put(name, held.revision));
            revision = show(before, engine.list(names));
        }
        return revision.getAsLong();
    }

    /** {@return the listing's revision; empty if something newer has become known since it was asked for} */
    private OptionalLong show(Map<String, Long> before, Listing listing) {
        for (Map.Entry<String, Held> table : tables.entrySet()) {
            Held held = table.getValue();
            boolean changed;
            synchronized (held) {
                if (held.revision != before.getOrDefault(table.getKey(), 0L) && listing.revision() < held.revision) {
                    return OptionalLong.empty();
                }
                // If nothing newer became known and yet it is older, an older copy has been put in the store's place.
                changed = held.take(listing.revision(), listing.table(table.getKey()));
            }
            if (changed) {
                tell(table.getKey());
            }
        }
        return OptionalLong.of(listing.revision());
    }

    private void tell(String table) {
        Held held = tables.get(table);
        if (held == null) {
            return;
        }
        for (Runnable listener : held.listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                // The change is made and durable; whoever made it must not be told otherwise.
                LOG.error("a listener to table {} failed", table, e);
            }
        }
    }

    /** Hears of nothing any more. The engine is not closed. */
    @Override
    public void close() {
        follower.close();
    }
}
