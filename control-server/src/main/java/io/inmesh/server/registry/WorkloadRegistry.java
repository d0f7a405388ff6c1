package io.inmesh.server.registry;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Listing;
import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.Follower;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.time.Timer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All processes that registered themselves, with whichever server on the same engine. A registration belongs to the server that the process
 * is connected to, and moves with the process to another one: the newest connection counts, and what the server before it says or does
 * later does not. It outlives a broken stream, and a server, for long enough to come back or to find another server.
 *
 * <p>What a process says to this server is seen here at once, and by other servers when it has been written, which is done behind and
 * several at a time. While the store is away all is kept and served as it was, what processes say is remembered, and written when the
 * store is back. Safe for use by several threads.
 */
public final class WorkloadRegistry implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WorkloadRegistry.class);
    private static final String TABLE = "workloads";

    /** Changes made at once: etcd takes 128 without further settings. */
    private static final int AT_ONCE = 32;

    private final Engine engine;
    private final Executor writer;
    private final Timer timer;
    private final RandomGenerator random;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final AtomicBoolean flushing = new AtomicBoolean();
    private final Object lock = new Object();
    private final Book book;
    private final Presence presence;
    private final Follower follower;
    private volatile boolean closed;
    private volatile Timer.@Nullable Cancellable next;

    /** Says why a registration is refused. The message may be shown to the caller. */
    public static final class Refused extends Exception {
        Refused(String message) {
            super(message);
        }
    }

    /**
     * Takes over what the engine holds, and follows it from then on.
     *
     * @param engine where registrations are kept; not closed with this
     * @param self the name of this server, another with each start
     * @param writer writes them, one task after the other; not to be ended before this is closed
     * @param timer what a lease is measured by
     * @param random decides the order in which processes go that are away
     * @throws StoreUnavailableException if the engine cannot be asked
     */
    public WorkloadRegistry(Engine engine, String self, Executor writer, Timer timer, RandomGenerator random) {
        this.engine = engine;
        this.writer = writer;
        this.timer = timer;
        this.random = random;
        this.book = new Book(self, timer.nanoTime());
        this.presence = new Presence(engine, self);
        presence.renew();
        // Since when the store is not heard is of no interest here, only whether it is.
        this.follower =
                new Follower(engine, Set.of(TABLE, Presence.TABLE), InstantSource.system(), this::hear, this::list);
        follower.from(list());
        int remembered = workloads().size();
        if (remembered > 0) {
            LOG.info(
                    "{} workloads are registered; those that nobody holds a connection to have {} s to come back",
                    remembered,
                    Book.WARM_UP.toSeconds());
        }
        again();
    }

    /** Calls {@code listener} after every change, on the thread that made it or heard of it. It must be short. */
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /**
     * Has processes stay whose server has lost its lease in the store, as long as they are connected to it all the same: it is cut off from
     * the store only.
     *
     * @param connected whether the process of that node id is seen at such a server; asked every few seconds, must be short
     */
    public void sparing(Predicate<String> connected) {
        synchronized (lock) {
            book.owners().sparing(connected);
        }
    }

    /** All registered workloads by node id. Immutable. */
    public List<RegisteredWorkload> workloads() {
        synchronized (lock) {
            return book.workloads();
        }
    }

    /** {@return those that are connected to no server, or to this one: other servers know about theirs} */
    public List<RegisteredWorkload> notElsewhere() {
        synchronized (lock) {
            return book.notElsewhere();
        }
    }

    /** {@return how many processes no server has held a connection to for longer than a reconnect takes} */
    public long suspects() {
        synchronized (lock) {
            return book.suspects(timer.nanoTime());
        }
    }

    /** {@return whether there are other servers that processes could go to} */
    public boolean others() {
        synchronized (lock) {
            return book.owners().others();
        }
    }

    /** As the other, for a process that does not count its connections: each stream it comes over is newer than those before. */
    public void report(Object lease, RegisteredWorkload workload) throws Refused {
        report(lease, workload, 0);
    }

    /**
     * Registers a workload or updates it. The newest connection counts: what an older stream of the same process says or how it ends does
     * not matter any more, whichever server it leads to.
     *
     * @param lease the stream it came over, compared by identity
     * @param connection the process's own count of its connections, from 1; 0 if it does not count them
     * @throws Refused if another identity has registered that node id
     */
    public void report(Object lease, RegisteredWorkload workload, long connection) throws Refused {
        boolean news;
        synchronized (lock) {
            long before = book.version();
            checkOwner(book.find(workload.nodeId()), workload);
            book.report(lease, workload, connection);
            news = book.version() != before;
        }
        tellIf(news);
        flushSoon();
    }

    /**
     * Removes a workload at once, because it asked for it.
     *
     * @return whether it was there and under this lease
     */
    public boolean drain(Object lease, String nodeId) {
        synchronized (lock) {
            if (!book.leave(lease, nodeId, timer.nanoTime())) {
                return false;
            }
        }
        tellIf(true);
        flushSoon();
        return true;
    }

    /** Begins the grace period of a workload whose stream has ended. */
    public void disconnected(Object lease, String nodeId) {
        synchronized (lock) {
            book.lost(lease, nodeId, timer.nanoTime());
        }
    }

    private boolean hear(Transaction transaction) {
        alter(() -> {
            long now = timer.nanoTime();
            for (Write write : transaction.writes()) {
                if (write.table().equals(TABLE)) {
                    Claim claim = write.value() == null ? null : Claims.read(write.key(), write.value());
                    if (claim != null && write.value() != null) {
                        book.stored(write.key(), claim, write.value());
                    } else {
                        book.removed(write.key());
                    }
                } else if (write.value() != null) {
                    book.owners().came(write.key());
                } else {
                    book.owners().left(write.key(), now);
                }
            }
        });
        flushSoon();
        return true;
    }

    private long list() {
        Listing listing = engine.list(TABLE, Presence.TABLE);
        Map<String, Claim> claims = Claims.of(listing.table(TABLE));
        alter(() -> {
            long now = timer.nanoTime();
            book.owners().listed(listing.table(Presence.TABLE).keySet(), now);
            book.listed(claims, listing.table(TABLE), now);
        });
        flushSoon();
        return listing.revision();
    }

    private void flushSoon() {
        if (!closed && flushing.compareAndSet(false, true)) {
            try {
                writer.execute(this::flush);
            } catch (RejectedExecutionException e) {
                LOG.debug("the server closes; what was not written is said again to other servers", e);
            }
        }
    }

    private void flush() {
        flushing.set(false);
        List<Intent> intents;
        synchronized (lock) {
            intents = book.takeIntents();
        }
        carryOut(intents);
    }

    private void carryOut(List<Intent> intents) {
        for (int from = 0; from < intents.size(); from += AT_ONCE) {
            List<Intent> some = intents.subList(from, Math.min(intents.size(), from + AT_ONCE));
            try {
                changeEach(some);
            } catch (StoreUnavailableException e) {
                LOG.warn("{} registrations wait for the store: {}", intents.size() - from, e.getMessage());
                synchronized (lock) {
                    intents.subList(from, intents.size()).forEach(book::undone);
                }
                return;
            }
        }
    }

    private void changeEach(List<Intent> intents) {
        try {
            if (change(intents) || intents.size() == 1) {
                return;
            }
        } catch (StoreUnavailableException e) {
            throw e;
        } catch (RuntimeException e) {
            if (intents.size() == 1) {
                LOG.error(
                        "workload {} could not be written; it is tried again",
                        intents.get(0).nodeId(),
                        e);
                synchronized (lock) {
                    intents.forEach(book::undone);
                }
                return;
            }
            LOG.warn("{} registrations could not be written together; each is tried alone", intents.size(), e);
        }
        // One of them has been overtaken or cannot be written; the others have not, and can.
        intents.forEach(intent -> changeEach(List.of(intent)));
    }

    /** {@return whether all of them have been carried out; if not none has, and what overtook one is heard of soon} */
    private boolean change(List<Intent> intents) {
        List<Guard> guards = new ArrayList<>();
        List<Write> writes = new ArrayList<>();
        for (Intent intent : intents) {
            Claim claim = intent.claim();
            guards.add(new Guard(TABLE, intent.nodeId(), intent.expected()));
            writes.add(new Write(TABLE, intent.nodeId(), claim == null ? null : claim.bytes()));
        }
        if (!engine.change(guards, writes)) {
            return false;
        }
        alter(() -> intents.forEach(book::done));
        return true;
    }

    /** Every few seconds: a sign of life, what could not be written before, and those that have been away for too long. */
    private void again() {
        next = timer.schedule(Eviction.PASS, () -> {
            try {
                writer.execute(this::pass);
            } catch (RejectedExecutionException e) {
                LOG.debug("the server closes");
            }
        });
    }

    private void pass() {
        if (closed) {
            return;
        }
        try {
            presence.renew();
            flush();
            evict();
        } catch (StoreUnavailableException e) {
            LOG.warn("registrations stay as they are while the store is away: {}", e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("the registry could not be kept up; it is tried again", e);
        } finally {
            again();
        }
    }

    private void evict() {
        List<Intent> going = new ArrayList<>();
        alter(() -> {
            long now = timer.nanoTime();
            book.hearing(follower.behind().isEmpty(), now);
            going.addAll(book.evict(now, random));
        });
        going.forEach(intent -> LOG.info("workload {} did not come back and is removed", intent.nodeId()));
        carryOut(going);
    }

    private void alter(Runnable change) {
        boolean news;
        synchronized (lock) {
            long before = book.version();
            change.run();
            news = book.version() != before;
        }
        tellIf(news);
    }

    private void tellIf(boolean news) {
        if (news) {
            listeners.forEach(Runnable::run);
        }
    }

    /** Says goodbye to the other servers. Registrations stay, for their processes to take elsewhere. */
    @Override
    public void close() {
        closed = true;
        Timer.Cancellable last = next;
        if (last != null) {
            last.cancel();
        }
        follower.close();
        presence.close();
    }

    /** Node ids are claims. Without this check any member of the mesh could take over any other's registration. */
    private static void checkOwner(@Nullable RegisteredWorkload before, RegisteredWorkload now) throws Refused {
        if (before != null
                && (!before.namespace().equals(now.namespace())
                        || !before.serviceAccount().equals(now.serviceAccount()))) {
            throw new Refused("node id " + now.nodeId() + " is registered by another service account");
        }
    }
}
