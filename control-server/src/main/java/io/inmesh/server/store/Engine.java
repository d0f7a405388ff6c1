package io.inmesh.server.store;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What keeps state: tables of bytes that can be changed together, listed at one revision and watched from it. Configuration, join tokens,
 * the audit log and registrations all live in one engine.
 *
 * <p>The words and promises are those of etcd (revision, compare then put and delete, watch, compaction, lease), so that an engine shared
 * by several servers can stand behind this interface as well as a file can. Every implementation passes the same contract suite. All
 * methods are safe for use by several threads, and throw {@link StoreUnavailableException} if the engine cannot do what is asked now.
 */
public interface Engine extends KeyValueTable, AutoCloseable {

    /**
     * Something that must be so for a change to happen.
     *
     * @param table table of the entry
     * @param key key of the entry
     * @param expected its present value; null if there must be none
     */
    record Guard(String table, String key, byte @Nullable [] expected) {}

    /**
     * One entry of a change.
     *
     * @param table table of the entry; made of letters, digits and {@code -}
     * @param key key of the entry
     * @param value its new value; null removes it
     * @param lease lease that the entry vanishes with, instead of the one it may have had; null if it stays
     */
    record Write(
            String table,
            String key,
            byte @Nullable [] value,
            @Nullable Lease lease) {
        /** An entry that stays. */
        public Write(String table, String key, byte @Nullable [] value) {
            this(table, key, value, null);
        }
    }

    /**
     * Tables at one moment.
     *
     * @param revision the moment: a watch after it misses nothing
     * @param tables entries sorted by key, for each table that has any
     */
    record Listing(long revision, SortedMap<String, SortedMap<String, byte[]>> tables) {

        /** {@return the entries of a table, sorted by key} */
        public SortedMap<String, byte[]> table(String name) {
            return tables.getOrDefault(name, Collections.emptySortedMap());
        }
    }

    /**
     * What happened together.
     *
     * @param revision the revision it made; greater than that of everything before it
     * @param writes what was written and removed, as far as it was asked for; without leases
     */
    record Transaction(long revision, List<Write> writes) {}

    /** Is told of changes, one call at a time, on threads of the engine. It may take its time: nobody else waits for it. */
    interface Watcher {

        /** Takes the next transaction that has to do with the tables watched. */
        void changed(Transaction transaction);

        /** Something between has been forgotten, or never reached this engine. The watch is over: list, and watch from there. */
        void compacted();

        /**
         * What happens now is not heard of until {@link #resumed}; then all of it is.
         *
         * @param reason what has been lost
         */
        default void interrupted(String reason) {}

        /** The watch goes on. */
        default void resumed() {}
    }

    /** A watch that goes on until it is closed. */
    interface Watch extends AutoCloseable {
        /** Ends it. Unless called by the watcher itself, waits for it to finish what it was told; afterwards it is told no more. */
        @Override
        void close();
    }

    /** A time that entries may stay, again and again. */
    interface Lease {
        /** Lets the time begin anew. {@return false if it had run out before, and everything bound to it is gone} */
        boolean keepAlive();

        /** Removes everything bound to it now. Does nothing if the time had run out before. */
        void revoke();
    }

    /** A write names a lease that has run out. Nothing has been written. */
    final class LeaseLostException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        /** With a message that says what to do. */
        public LeaseLostException() {
            super("the lease has run out; whoever held it holds nothing any more and has to begin again");
        }
    }

    /** A change is more than the engine can make at once. Nothing has been written. */
    final class TooLargeException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        /** With a message that says what to do. */
        public TooLargeException(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Changes several entries together, of one table or of many.
     *
     * @param guards what must be so; nothing is changed if one is not
     * @param writes what to change; each entry at most once
     * @return whether all guards held; then every write is durable, else none has happened
     * @throws LeaseLostException if a write names a lease that has run out
     * @throws TooLargeException if there is more to change than the engine can change at once
     */
    boolean change(List<Guard> guards, List<Write> writes);

    /**
     * That changes are not taken.
     *
     * @param since when the first was refused after which none has been taken
     * @param last when the last was
     * @param reason why, and what to do
     */
    record Refusal(Instant since, Instant last, String reason) {}

    /** {@return that changes are not taken, as far as is known; empty where nobody remembers it} */
    default Optional<Refusal> refusal() {
        return Optional.empty();
    }

    /** {@return the revision of the last change, whichever table it was in; 0 if there has been none} */
    long revision();

    /**
     * {@return what tables hold, all of them at one revision}
     *
     * @param tables which; all there are if none is named
     */
    Listing list(String... tables);

    /**
     * Tells a watcher of every transaction after a revision, each as a whole and in order, those that have happened already first.
     *
     * @param tables which to watch
     * @param after the last revision known, such as that of a listing
     * @param watcher who is told
     */
    Watch watch(Set<String> tables, long after, Watcher watcher);

    /**
     * Grants a lease.
     *
     * @param timeToLive how long without {@link Lease#keepAlive} until it has run out; a shared engine may round it up to some seconds
     * @param lost called once when it has run out; not if it is revoked
     */
    Lease grant(Duration timeToLive, Runnable lost);

    /** Gives the storage free for another process and ends all watches. Idempotent. */
    @Override
    void close();

    @Override
    default void put(String table, String key, byte[] value) {
        change(List.of(), List.of(new Write(table, key, value)));
    }

    @Override
    default boolean delete(String table, String key) {
        while (true) {
            Optional<byte[]> present = get(table, key);
            if (present.isEmpty()) {
                return false;
            }
            if (change(List.of(new Guard(table, key, present.get())), List.of(new Write(table, key, null)))) {
                return true;
            }
        }
    }

    @Override
    default SortedMap<String, byte[]> scan(String table) {
        return new TreeMap<>(list(table).table(table));
    }

    @Override
    default boolean compareAndSet(String table, String key, byte @Nullable [] expected, byte[] value) {
        return change(List.of(new Guard(table, key, expected)), List.of(new Write(table, key, value)));
    }

    @Override
    default long increment(String table, String key) {
        while (true) {
            Optional<byte[]> present = get(table, key);
            long next = present.map(bytes -> ByteBuffer.wrap(bytes).getLong()).orElse(0L) + 1;
            byte[] bytes = ByteBuffer.allocate(Long.BYTES).putLong(next).array();
            if (compareAndSet(table, key, present.orElse(null), bytes)) {
                return next;
            }
        }
    }
}
