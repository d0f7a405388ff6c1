package io.inmesh.server.store;

import io.inmesh.server.store.ConfigStore.Behind;
import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Watch;
import io.inmesh.server.store.Engine.Watcher;
import java.time.InstantSource;
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

/** Hears of what other servers do to some tables, and knows since when it does not. */
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
            taken = hear.test(transaction);
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
