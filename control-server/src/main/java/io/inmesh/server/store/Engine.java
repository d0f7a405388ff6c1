package io.inmesh.server.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What keeps state: tables of bytes that can be changed together. Configuration, join tokens, the audit log and registrations all
 * live in one engine.
 *
 * <p>The guarded change is the transaction of etcd (compare, then put and delete), so that an engine shared by several servers can
 * stand behind this interface as well as a file can. Every implementation passes the same contract suite.
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
     * @param table table of the entry
     * @param key key of the entry
     * @param value its new value; null removes it
     */
    record Write(String table, String key, byte @Nullable [] value) {}

    /**
     * Changes several entries together, of one table or of many.
     *
     * @param guards what must be so; nothing is changed if one is not
     * @param writes what to change; each entry at most once
     * @return whether all guards held; then every write is durable, else none has happened
     */
    boolean change(List<Guard> guards, List<Write> writes);

    /** Gives the storage free for another process. Idempotent. */
    @Override
    void close();
}
