package io.inmesh.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.inmesh.server.time.SystemTimer;
import io.inmesh.server.time.Timer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
 *
 * <p>One process uses it at a time, so whatever was bound to a lease is gone when it is opened, and watches begin with what happens from
 * then on; whoever knows an earlier revision only has to list.
 */
public final class EmbeddedEngine implements Engine {

    /** The file's name in the data folder. */
    public static final String FILE = "inmesh.mv";

    /** Where a copy is written in the data folder before it takes the place of what is there, so that moving it is only a change of names. */
    public static final String STAGE = ".restoring";

    private static final Set<PosixFilePermission> OWNER_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_FILE = PosixFilePermissions.fromString("rw-------");

    /** Longest time to spend on giving space back when the engine is closed. */
    private static final int COMPACTION_MILLIS = 200;

    /** Tables of the engine's own: its revision, and which entries are bound to a lease. */
    private static final String OWN = "_engine";

    private static final String LEASED = "_leased";
    private static final String REVISION = "revision";

    private static final String MAKE_ROOM = "see whether the disk is full or read-only, then start the server again";

    private final MVStore store;
    private final Timer timer;
    private final @Nullable SystemTimer ownTimer;
    private final ReentrantLock lock = new ReentrantLock();
    private final EmbeddedLeases leases;
    private final RecentTransactions recent;
    private long revision;

    private EmbeddedEngine(MVStore store, @Nullable Timer timer, int kept) {
        this.store = store;
        this.ownTimer = timer == null ? new SystemTimer() : null;
        this.timer = timer == null ? Objects.requireNonNull(ownTimer) : timer;
        this.leases = new EmbeddedLeases(lock, this.timer, this::write);
        byte[] last = map(OWN).get(REVISION);
        this.revision = last == null ? 0 : ByteBuffer.wrap(last).getLong();
        dropLeased();
        this.recent = new RecentTransactions(revision, kept);
    }

    /** {@return an engine that keeps nothing on disk, and so nothing at all once it is closed; time is the machine's} */
    public static EmbeddedEngine inMemory() {
        return inMemory(null, RecentTransactions.MOST);
    }

    static EmbeddedEngine inMemory(@Nullable Timer timer, int kept) {
        return new EmbeddedEngine(new MVStore.Builder().autoCommitDisabled().open(), timer, kept);
    }

    /**
     * {@return the engine of a data folder, made if it is not there}
     *
     * @param folder data folder; if it is made, it is made for its owner only (0700), as is the file in it (0600)
     * @throws IOException if it cannot be used, or another server uses it
     */
    public static EmbeddedEngine open(Path folder) throws IOException {
        return open(folder, null, RecentTransactions.MOST);
    }

    /** {@return an engine over a store that is open; for tests of what becomes of one} */
    static EmbeddedEngine over(MVStore store, Timer timer) {
        return new EmbeddedEngine(store, timer, RecentTransactions.MOST);
    }

    static EmbeddedEngine open(Path folder, @Nullable Timer timer, int kept) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder, PosixFilePermissions.asFileAttribute(OWNER_DIRECTORY));
        }
        Path file = folder.resolve(FILE);
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
            return new EmbeddedEngine(
                    new MVStore.Builder()
                            .fileName(file.toString())
                            .autoCommitDisabled()
                            .open(),
                    timer,
                    kept);
        } catch (MVStoreException e) {
            throw new IOException(
                    switch (e.getErrorCode()) {
                        case DataUtils.ERROR_FILE_LOCKED ->
                            "the data folder " + folder
                                    + " is in use by another control server; stop that one, or give this one"
                                    + " another folder with --data-dir";
                        case DataUtils.ERROR_WRITING_FAILED ->
                            "the store " + file + " cannot be written to: " + reason(e)
                                    + "; see whether the disk is full or read-only, then try again";
                        default ->
                            "the store " + file + " cannot be read: " + e.getMessage() + "; if it is damaged, move"
                                    + " the file away and put a backup back with control-server store restore";
                    },
                    e);
        }
    }

    /**
     * Sees whether the store of a folder is one that a restore was to bring and has not: a server would take it for a new one.
     *
     * @throws IOException if so; the message says what to do
     */
    public static void refuseUnfinished(Path folder) throws IOException {
        Path file = folder.resolve(FILE);
        Path stage = folder.resolve(STAGE);
        if (Files.isDirectory(stage) && (Files.notExists(file) || Files.size(file) == 0)) {
            throw new IOException(
                    "a restore into " + folder + " has not come to its end; wait for it, or run it again if it"
                            + " was interrupted; delete " + stage + " only to begin with an empty store");
        }
    }

    /** The library's own words name its objects; what the system has said is below them. */
    private static String reason(Throwable problem) {
        Throwable innermost = problem;
        for (Throwable cause = problem; cause != null; cause = cause.getCause()) {
            innermost = cause;
        }
        return Objects.requireNonNullElse(innermost.getMessage(), innermost.toString());
    }

    private MVMap<String, byte[]> map(String table) {
        if (store.isClosed()) {
            throw StoreUnavailableException.nothingChanged(
                    "the store was closed when it could not be written to; " + MAKE_ROOM, null);
        }
        return store.openMap(table);
    }

    /** Those who held leases before have been gone since, or are about to begin again. */
    private void dropLeased() {
        if (map(LEASED).isEmpty()) {
            return;
        }
        for (Map.Entry<String, byte[]> entry : map(LEASED).entrySet()) {
            String table = new String(entry.getValue(), UTF_8);
            map(table).remove(entry.getKey().substring(table.length() + 1));
        }
        map(LEASED).clear();
        revision++;
        durable();
    }

    private void durable() {
        map(OWN).put(REVISION, ByteBuffer.allocate(Long.BYTES).putLong(revision).array());
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
            leases.check(writes);
            write(writes);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean holds(Guard guard) {
        byte[] present = map(guard.table()).get(guard.key());
        return guard.expected() == null ? present == null : Arrays.equals(present, guard.expected());
    }

    /** Makes writes durable, then known. To be called with the lock held. */
    private void write(List<Write> writes) {
        List<Write> made = writes.stream()
                .filter(write -> write.value() != null || map(write.table()).containsKey(write.key()))
                .toList();
        if (made.isEmpty()) {
            return;
        }
        long before = revision;
        try {
            made.forEach(this::prepare);
            revision++;
            durable();
        } catch (MVStoreException e) {
            revision = before;
            throw undone(e);
        }
        made.forEach(leases::written);
        recent.add(new Transaction(
                revision,
                made.stream()
                        .map(write -> new Write(write.table(), write.key(), write.value()))
                        .toList()));
    }

    private void prepare(Write write) {
        String place = write.table() + "/" + write.key();
        if (write.value() == null) {
            map(write.table()).remove(write.key());
        } else {
            map(write.table()).put(write.key(), write.value());
        }
        if (write.value() != null && write.lease() != null) {
            map(LEASED).put(place, write.table().getBytes(UTF_8));
        } else if (leases.holds(write.table(), write.key())) {
            map(LEASED).remove(place);
        }
    }

    /** What could not be written completely must not be seen, nor be written together with the next change. */
    private StoreUnavailableException undone(MVStoreException problem) {
        try {
            store.rollback();
        } catch (MVStoreException closed) {
            // A file that cannot be written to closes the store; it is as it was when it is opened again. It may say so
            // by the same exception.
            if (!closed.equals(problem)) {
                problem.addSuppressed(closed);
            }
        }
        return StoreUnavailableException.outcomeUnknown(
                "the store cannot be written to: " + reason(problem) + "; " + MAKE_ROOM, problem);
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
    public long revision() {
        lock.lock();
        try {
            return revision;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Listing list(String... tables) {
        lock.lock();
        try {
            SortedMap<String, SortedMap<String, byte[]>> all = new TreeMap<>();
            for (String table : tables.length == 0 ? store.getMapNames() : Set.of(tables)) {
                SortedMap<String, byte[]> entries = new TreeMap<>();
                if (!table.startsWith("_")) {
                    map(table).entrySet().forEach(entry -> entries.put(entry.getKey(), entry.getValue()));
                }
                if (!entries.isEmpty()) {
                    all.put(table, entries);
                }
            }
            return new Listing(revision, all);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Watch watch(Set<String> tables, long after, Watcher watcher) {
        return recent.watch(tables, after, watcher);
    }

    @Override
    public Lease grant(Duration timeToLive, Runnable lost) {
        return leases.grant(timeToLive, lost);
    }

    @Override
    public void close() {
        recent.close();
        if (ownTimer != null) {
            ownTimer.close();
        }
        lock.lock();
        try {
            store.close(COMPACTION_MILLIS);
        } catch (MVStoreException e) {
            throw StoreUnavailableException.nothingChanged(
                    "the store could not be closed in order, though all that was acknowledged is in it: " + reason(e)
                            + "; see whether the disk is full or read-only",
                    e);
        } finally {
            lock.unlock();
        }
    }
}
