package io.inmesh.server.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.jspecify.annotations.Nullable;

/**
 * State in one file, kept by H2's MVStore. Every change is committed and forced to disk before its method returns, so what was
 * acknowledged survives the process being killed and the machine losing power.
 *
 * <p>MVStore rather than SQLite because it is 0.4 MB of Java instead of 12 MB of native code for every platform, at a quarter of a
 * millisecond more a write; configuration is written by people, and certificates a few times a day.
 */
public final class EmbeddedEngine implements Engine {

    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");

    /** Longest time to spend on giving space back when the engine is closed. */
    private static final int COMPACTION_MILLIS = 200;

    private final MVStore store;
    private final ReentrantLock lock = new ReentrantLock();

    private EmbeddedEngine(MVStore store) {
        this.store = store;
    }

    /**
     * {@return the engine of a data folder, made if it is not there}
     *
     * @param folder data folder; if it is made, it is made for its owner only (0700), as is the file in it (0600)
     * @throws IOException if it cannot be used, or another server uses it
     */
    public static EmbeddedEngine open(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
        }
        Path file = folder.resolve("inmesh.mv");
        if (!Files.exists(file)) {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_FILE));
        }
        Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
        if (!OWNER_FILE.containsAll(permissions)) {
            throw new IOException(
                    file + " holds secrets but has permissions " + PosixFilePermissions.toString(permissions)
                            + "; make it readable by its owner only: chmod 600 " + file);
        }
        try {
            return new EmbeddedEngine(new MVStore.Builder()
                    .fileName(file.toString())
                    .autoCommitDisabled()
                    .open());
        } catch (MVStoreException e) {
            throw e.getErrorCode() == DataUtils.ERROR_FILE_LOCKED
                    ? new IOException(
                            "the data folder " + folder
                                    + " is in use by another control server; stop that one, or give this one"
                                    + " another folder with --data-dir",
                            e)
                    : new IOException("the store " + file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private MVMap<String, byte[]> map(String table) {
        return store.openMap(table);
    }

    private void durable() {
        store.commit();
        store.sync();
    }

    @Override
    public boolean change(List<Guard> guards, List<Write> writes) {
        lock.lock();
        try {
            for (Guard guard : guards) {
                if (!holds(guard)) {
                    return false;
                }
            }
            for (Write write : writes) {
                if (write.value() == null) {
                    map(write.table()).remove(write.key());
                } else {
                    map(write.table()).put(write.key(), write.value());
                }
            }
            durable();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean holds(Guard guard) {
        byte[] present = map(guard.table()).get(guard.key());
        return guard.expected() == null ? present == null : Arrays.equals(present, guard.expected());
    }

    @Override
    public Optional<byte[]> get(String table, String key) {
        lock.lock();
        try {
            return Optional.ofNullable(map(table).get(key));
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void put(String table, String key, byte[] value) {
        change(List.of(), List.of(new Write(table, key, value)));
    }

    @Override
    public boolean delete(String table, String key) {
        lock.lock();
        try {
            return get(table, key)
                    .map(present -> change(List.of(), List.of(new Write(table, key, null))))
                    .orElse(false);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public SortedMap<String, byte[]> scan(String table) {
        lock.lock();
        try {
            SortedMap<String, byte[]> all = new TreeMap<>();
            for (Map.Entry<String, byte[]> entry : map(table).entrySet()) {
                all.put(entry.getKey(), entry.getValue());
            }
            return all;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean compareAndSet(String table, String key, byte @Nullable [] expected, byte[] value) {
        return change(List.of(new Guard(table, key, expected)), List.of(new Write(table, key, value)));
    }

    @Override
    public long increment(String table, String key) {
        lock.lock();
        try {
            long next = get(table, key)
                            .map(bytes -> ByteBuffer.wrap(bytes).getLong())
                            .orElse(0L)
                    + 1;
            put(table, key, ByteBuffer.allocate(Long.BYTES).putLong(next).array());
            return next;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            store.close(COMPACTION_MILLIS);
        } finally {
            lock.unlock();
        }
    }
}
