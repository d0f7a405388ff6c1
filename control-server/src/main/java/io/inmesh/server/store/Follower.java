package io.inmesh.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.inmesh.server.store.ConfigStore.Behind;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Watch;
import io.inmesh.server.store.Engine.Watcher;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of what other servers do to some tables, and knows since when it does not. A store that is not the one it began with, as an etcd that has lost
 * its disk, is not read: what was there has vanished, and nobody has deleted it.
 */
public final class Follower implements Watcher, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Follower.class);
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Engine engine;
    private final Set<String> tables;
    private final InstantSource clock;
    private final Predicate<Transaction> hear;
    private final LongSupplier readAnew;
    private volatile @Nullable Behind behind;
    private volatile @Nullable Watch watch;
    private volatile boolean closed;
    private volatile @Nullable String identity;
    private volatile boolean vanished;

    /**
     * Begins to hear with {@link #from}.
     *
     * @param engine what to watch
     * @param tables which of its tables
     * @param clock says since when nothing is heard
     * @param hear takes a transaction, or says that something before it is missing
     * @param readAnew reads everything, and says at which revision of the engine
     */
    public Follower(
            Engine engine,
            Set<String> tables,
            InstantSource clock,
            Predicate<Transaction> hear,
            LongSupplier readAnew) {
        this.engine = engine;
        this.tables = Set.copyOf(tables);
        this.clock = clock;
        this.hear = hear;
        this.readAnew = readAnew;
    }

    /** Hears of what happens after a revision of the engine. */
    public void from(long revision) {
        if (identity == null) {
            identity = Schema.identity(engine);
        }
        Watch next = engine.watch(tables, revision, this);
        watch = next;
        if (closed) {
            next.close();
        }
    }

    /** {@return since when it may not have heard of everything} */
    public Optional<Behind> behind() {
        return Optional.ofNullable(behind);
    }

    @Override
    public void changed(Transaction transaction) {
        boolean taken = false;
        try {
            taken = !removesIdentity(transaction) && hear.test(transaction);
            if (!taken) {
                LOG.warn("the store's revisions have a gap: another copy of it may have been put in its place");
            }
        } catch (RuntimeException e) {
            LOG.error("what another server has done cannot be taken, so everything is read anew", e);
        }
        if (!taken) {
            catchUp(revision -> {});
        }
    }

    @Override
    public void compacted() {
        catchUp(this::from);
    }

    /**
     * Reads everything until that succeeds. Ends without success only with the follower, or if its thread is to end.
     *
     * @param next takes the revision that everything is known up to
     */
    private void catchUp(LongConsumer next) {
        interrupted("what has happened meanwhile is read anew");
        long pause = FIRST_PAUSE_NANOS;
        while (!closed && !Thread.currentThread().isInterrupted()) {
            try {
                requireSame();
                long revision = readAnew.getAsLong();
                resumed();
                next.accept(revision);
                return;
            } catch (StoreUnavailableException e) {
                interrupted(String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                LOG.error("{} in the store cannot be read; what was known last is kept", tables, e);
                interrupted(String.join(", ", tables) + " in the store cannot be read: " + e.getMessage());
            }
            LockSupport.parkNanos(pause);
            pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
        }
    }

    private static boolean removesIdentity(Transaction transaction) {
        return transaction.writes().stream()
                .anyMatch(write -> write.table().equals(Schema.TABLE)
                        && write.key().equals(Schema.IDENTITY)
                        && write.value() == null);
    }

    /**
     * Sees whether the store is the one this began with, if it may not have heard of everything: nobody can put another one in its place
     * without that.
     *
     * @throws StoreUnavailableException if it is not, or cannot be asked
     */
    void requireSameIfBehind() {
        if (behind != null) {
            requireSame();
        }
    }

    private void requireSame() {
        String known = identity;
        if (known == null || known.isEmpty() || known.equals(Schema.identity(engine))) {
            vanished = false;
            return;
        }
        String message =
                "the store is empty, or another one than this server began with: what was known last is kept. Stop all"
                        + " control servers, put a backup back with control-server store restore unless this is the store to go"
                        + " on with, and start them again";
        if (!vanished) {
            vanished = true;
            LOG.error("{}: {}", tables, message);
        }
        throw StoreUnavailableException.nothingChanged(message, null);
    }

    /** {@return what has to be so for a change of the store this began with; nothing if that has no mark of its own} */
    List<Guard> guards() {
        String known = identity;
        return known == null || known.isEmpty()
                ? List.of()
                : List.of(new Guard(Schema.TABLE, Schema.IDENTITY, known.getBytes(UTF_8)));
    }

    @Override
    public void interrupted(String reason) {
        Behind before = behind;
        behind = new Behind(before == null ? clock.instant() : before.since(), reason);
    }

    @Override
    public void resumed() {
        behind = null;
    }

    @Override
    public void close() {
        closed = true;
        Watch last = watch;
        if (last != null) {
            last.close();
        }
    }
}
