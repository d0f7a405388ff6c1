package io.inmesh.server.store;

import java.util.Optional;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Durable state that is not configuration: join tokens, the audit log, registered workloads. Every change is on disk before its method
 * returns. Safe for use by several threads, and by several servers if the engine below is shared.
 */
public interface KeyValueTable {

    /** The value of {@code key} in {@code table}; empty if there is none. */
    Optional<byte[]> get(String table, String key);

    /** Sets a value, whether or not there was one. */
    void put(String table, String key, byte[] value);

    /** Removes a value; false if there was none. */
    boolean delete(String table, String key);

    /** Everything in a table, sorted by key. */
    SortedMap<String, byte[]> scan(String table);

    /**
     * Sets a value only if the present one is as expected.
     *
     * @param expected the present value; null if there must be none
     * @return whether it was, and the value has been set
     */
    boolean compareAndSet(String table, String key, byte @Nullable [] expected, byte[] value);

    /** Adds one to the counter {@code key}, which begins at 0, and returns the new count. */
    long increment(String table, String key);
}
