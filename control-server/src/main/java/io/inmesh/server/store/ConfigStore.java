package io.inmesh.server.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Listing;
import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Write;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All configuration: an immutable view in memory, every change durable before it is visible, watchers told in order.
 *
 * <p>One revision counter serves all resources, as in etcd: a change takes the next revision, and a resource's version is the
 * revision that wrote it. Several servers may have one engine: each change moves the counter on from where it was judged to be, so that
 * one server at a time makes one, and all of them hear of every change in the same order. While the engine cannot be asked, what is in
 * memory stays, and changes are refused.
 */
public final class ConfigStore implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigStore.class);
    private static final int HISTORY = 2000;

    /** How long a server that has lost a race waits to hear who has won it, before it looks. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Engine engine;
    private final List<Consumer<ConfigView>> listeners = new CopyOnWriteArrayList<>();

    /** One change of this server after the other. Taken before {@link #lock}, and held while the engine is asked. */
    private final ReentrantLock writing = new ReentrantLock();

    /** Guards what is held in memory; never held while the engine is asked. */
    private final ReentrantLock lock = new ReentrantLock();

    private final Condition changed = lock.newCondition();
    private final History history;
    private final VersionLog versions;
    private final Follower follower;
    private volatile ConfigView view;

    /** The revision that this server makes, or made last, and the versions that are too many with it. */
    private long own;

    private List<Write> surplus = List.of();

    /** Reads what the engine holds, and follows what other servers do to it from then on. */
    public ConfigStore(Engine engine) {
        this(engine, InstantSource.system(), HISTORY, VersionLog.OF_ALL);
    }

    ConfigStore(Engine engine, InstantSource clock, int historyCapacity, int versionCapacity) {
        this.engine = engine;
        Listing listing = engine.list(Entries.RESOURCES, Entries.META, VersionLog.TABLE);
        this.versions = new VersionLog(engine, clock, versionCapacity, listing);
        this.view = new ConfigView(Entries.revision(listing), Entries.resources(listing));
        this.history = new History(historyCapacity, view.revision());
        this.follower =
                new Follower(engine, Set.of(Entries.RESOURCES, Entries.META), clock, this::hear, this::readAnew);
        follower.from(listing.revision());
    }

    /**
     * What other servers do is not heard of.
     *
     * @param since since when
     * @param reason why
     */
    public record Behind(Instant since, String reason) {}

    /** What happened to one resource. */
    public enum EventType {
        /** It is new. */
        ADDED,
        /** It has changed. */
        MODIFIED,
        /** It is gone. */
        DELETED
    }

    /**
     * A change that happened.
     *
     * @param type what happened
     * @param resource the resource as it is now, or as it was before it was deleted, with the revision of the change
     * @param previous the resource before the change; null if it is new
     */
    public record Event(
            EventType type, Resource resource, @Nullable Resource previous) {}

    /** A change to make. */
    public sealed interface Change {

        /** {@return what it is about} */
        ResourceKey key();

        /** {@return version it must have now, 0 if it must not be there, null if that does not matter} */
        @Nullable
        Long expectedVersion();

        /**
         * Writes a resource.
         *
         * @param resource what to write; its version and generation are set by the store
         * @param expectedVersion version it must have now, 0 if it must not be there, null if that does not matter
         */
        record Put(Resource resource, @Nullable Long expectedVersion) implements Change {
            @Override
            public ResourceKey key() {
                return resource.key();
            }
        }

        /**
         * Removes a resource.
         *
         * @param key which
         * @param expectedVersion version it must have now, null if that does not matter
         */
        record Delete(ResourceKey key, @Nullable Long expectedVersion) implements Change {}
    }

    /** A resource has another version than a change expects. */
    public static final class ConflictException extends Exception {
        private static final long serialVersionUID = 1L;

        ConflictException(ResourceKey key, String message) {
            super(key + " " + message);
        }

        /** {@return which resource, and what it has} */
        @Override
        public String getMessage() {
            return Objects.requireNonNull(super.getMessage());
        }
    }

    /** {@return the configuration of now, as far as this server has heard} */
    public ConfigView view() {
        return view;
    }

    /** {@return since when this server may not have heard of everything; empty if it hears} */
    public Optional<Behind> behind() {
        return follower.behind();
    }

    /** {@return that the engine takes no changes, of whichever table; empty if it took the last one} */
    public Optional<Engine.Refusal> refusal() {
        return engine.refusal();
    }

    /** {@return whether this server hears of everything} */
    public boolean hears() {
        return behind().isEmpty();
    }

    /** As {@link #commit(List, String)}, of whom nothing is known. */
    public ConfigView commit(List<Change> changes) throws ConflictException {
        return commit(changes, "");
    }

    /**
     * Makes changes together, or none of them. If another server is quicker they are tried again on what it has made of the
     * configuration.
     *
     * @param changes each resource at most once
     * @param author who asks, for the versions that are kept
     * @return the configuration after them, already durable
     * @throws ConflictException if one finds another version than it expects
     * @throws StoreUnavailableException if the engine cannot be asked
     */
    public ConfigView commit(List<Change> changes, String author) throws ConflictException {
        while (true) {
            Optional<ConfigView> after = commit(view, changes, author);
            if (after.isPresent()) {
                return after.get();
            }
        }
    }

    /**
     * Makes changes together, or none of them, provided that the configuration is still the one they were judged by.
     *
     * @param before the configuration they were judged by
     * @param changes each resource at most once
     * @param author who asks, for the versions that are kept
     * @return the configuration after them, already durable; empty if it is another one by now, which {@link #view} then tells
     * @throws ConflictException if one finds another version than it expects
     * @throws StoreUnavailableException if the engine cannot be asked
     */
    public Optional<ConfigView> commit(ConfigView before, List<Change> changes, String author)
            throws ConflictException {
        return commit(before, changes, author, List.of());
    }

    /**
     * As {@link #commit(ConfigView, List, String)}, by somebody who may lose the right to make changes.
     *
     * @param guards what else has to be so in the engine
     * @throws StoreUnavailableException also if it is not so
     */
    public Optional<ConfigView> commit(ConfigView before, List<Change> changes, String author, List<Guard> guards)
            throws ConflictException {
        writing.lock();
        try {
            if (view.revision() != before.revision()) {
                return Optional.empty();
            }
            try {
                Step.check(before, changes);
            } catch (ConflictException e) {
                if (isLast(before)) {
                    throw e;
                }
                return Optional.empty();
            }
            Step step = Step.of(before, changes);
            if (step.events().isEmpty()) {
                return isLast(before) ? Optional.of(before) : Optional.empty();
            }
            begin(step.view().revision());
            if (!new Commit(before.revision(), step, author, guards).to(engine, versions, follower.guards())) {
                awaitNewerThan(before.revision());
                return Optional.empty();
            }
            take(step);
            removeSurplus();
            return Optional.of(step.view());
        } finally {
            writing.unlock();
        }
    }

    /**
     * Sees whether changes could be made to the configuration as far as this server has heard; the engine is not asked.
     *
     * @throws ConflictException if one finds another version than it expects
     */
    public void check(List<Change> changes) throws ConflictException {
        Step.check(view, changes);
    }

    /**
     * Asks the engine whether a configuration is the last one. To be asked before an answer is final that writes nothing, since what the
     * answer goes by may be behind what other servers have done. If it is not the last one, a newer one has been heard of on return.
     *
     * @param judged the configuration an answer goes by
     * @throws StoreUnavailableException if the engine cannot be asked
     */
    public boolean isLast(ConfigView judged) {
        long last = Entries.number(engine.get(Entries.META, Entries.REVISION).orElse(null));
        if (last == judged.revision()) {
            return true;
        }
        awaitNewerThan(judged.revision());
        return false;
    }

    /** Makes a step known, unless it has been: the watch may be quicker than the answer. */
    private void take(Step step) {
        lock.lock();
        try {
            if (view.revision() >= step.view().revision()) {
                return;
            }
            view = step.view();
            step.events().forEach(history::add);
            List<Write> removals = versions.surplus(step.events());
            if (own == view.revision()) {
                surplus = removals;
            }
            tellAll();
        } finally {
            lock.unlock();
        }
    }

    private void tellAll() {
        ConfigView now = view;
        listeners.forEach(listener -> tell(listener, now));
        changed.signalAll();
    }

    private void begin(long revision) {
        lock.lock();
        try {
            own = revision;
            surplus = List.of();
        } finally {
            lock.unlock();
        }
    }

    /** Removes the versions that this server's own change has made too many. */
    private void removeSurplus() {
        List<Write> removals;
        lock.lock();
        try {
            removals = surplus;
        } finally {
            lock.unlock();
        }
        versions.remove(removals);
    }

    /** Another server was quicker, and what it did is on its way. */
    private void awaitNewerThan(long revision) {
        follower.requireSameIfBehind();
        lock.lock();
        try {
            long nanos = PATIENCE_NANOS;
            while (view.revision() <= revision && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        if (view.revision() <= revision) {
            follower.requireSameIfBehind();
            readAnew();
        }
    }

    /** {@return the engine's revision that everything is known up to} */
    private long readAnew() {
        OptionalLong revision = OptionalLong.empty();
        while (revision.isEmpty()) {
            ConfigView before = view;
            revision = show(before, engine.list(Entries.RESOURCES, Entries.META, VersionLog.TABLE));
        }
        return revision.getAsLong();
    }

    /**
     * Makes a listing the view.
     *
     * @param before the view when it was asked for
     * @return its revision in the engine; empty if the view has since become newer than the listing
     */
    private OptionalLong show(ConfigView before, Listing listing) {
        ConfigView now = new ConfigView(Entries.revision(listing), Entries.resources(listing));
        lock.lock();
        try {
            if (view != before && now.revision() < view.revision()) {
                return OptionalLong.empty();
            }
            if (now.revision() < view.revision()) {
                LOG.warn(
                        "the store is at revision {} but was at {}: an older copy of it has been put in its place",
                        now.revision(),
                        view.revision());
            }
            if (now.revision() != view.revision()) {
                view = now;
                history.restart(now.revision());
                versions.reload(listing);
                tellAll();
            }
        } finally {
            lock.unlock();
        }
        return OptionalLong.of(listing.revision());
    }

    /** {@return whether a transaction could be taken; false if something before it is missing} */
    private boolean hear(Transaction transaction) {
        OptionalLong revision = Entries.revision(transaction);
        // Read once: this server's own changes come from other threads.
        ConfigView before = view;
        if (revision.isEmpty() || revision.getAsLong() <= before.revision()) {
            return true;
        }
        if (revision.getAsLong() > before.revision() + 1) {
            return false;
        }
        take(Step.of(before, transaction));
        return true;
    }

    private static void tell(Consumer<ConfigView> listener, ConfigView now) {
        try {
            listener.accept(now);
        } catch (RuntimeException e) {
            // The change is made and durable; whoever made it must not be told otherwise.
            LOG.error("a listener failed on revision {}", now.revision(), e);
        }
    }

    /**
     * {@return what happened after a revision, waiting for something to happen}
     *
     * @param revision the last revision already known
     * @param waitMillis how long to wait at most; an empty list if nothing happened
     * @return empty if that revision is too long ago to tell, or not of this store
     */
    public Optional<List<Event>> eventsAfter(long revision, long waitMillis) throws InterruptedException {
        lock.lock();
        try {
            long nanos = TimeUnit.MILLISECONDS.toNanos(waitMillis);
            while (revision == view.revision() && nanos > 0) {
                nanos = changed.awaitNanos(nanos);
            }
            return revision > view.revision() ? Optional.empty() : history.after(revision);
        } finally {
            lock.unlock();
        }
    }

    /**
     * {@return the versions of a resource, newest first}
     *
     * @param key which; it need not exist any more
     */
    public List<Version> versions(ResourceKey key) {
        List<Long> numbers;
        lock.lock();
        try {
            numbers = versions.of(key);
        } finally {
            lock.unlock();
        }
        List<Version> kept = new ArrayList<>();
        numbers.forEach(number -> versions.read(key, number).ifPresent(kept::add));
        view.get(key)
                .filter(now -> kept.isEmpty() || kept.get(0).version() < now.resourceVersion())
                .ifPresent(now -> kept.add(0, new Version(now.resourceVersion(), null, "", (ObjectNode) now.raw())));
        return kept;
    }

    /** {@return how many versions have been given up to make room for newer ones} */
    public long versionsEvicted() {
        return versions.evicted();
    }

    /** Calls a listener after every change, also of other servers, in order, on the thread that made or heard of it. It must be short. */
    public void onChange(Consumer<ConfigView> listener) {
        listeners.add(listener);
    }

    /** Hears of nothing any more. The engine is not closed. */
    @Override
    public void close() {
        follower.close();
    }
}
