package io.inmesh.server.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Bodies;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
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
 * revision that wrote it.
 */
public final class ConfigStore {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigStore.class);
    private static final String TABLE = "resources";
    private static final String META = "meta";
    private static final String REVISION = "revision";
    private static final int HISTORY = 2000;

    private final Engine engine;
    private final ObjectMapper json = new ObjectMapper();
    private final List<Consumer<ConfigView>> listeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final History history;
    private final VersionLog versions;
    private volatile ConfigView view;

    /** Reads what the engine holds. */
    public ConfigStore(Engine engine) {
        this(engine, InstantSource.system(), HISTORY, VersionLog.OF_ALL);
    }

    ConfigStore(Engine engine, InstantSource clock, int historyCapacity, int versionCapacity) {
        this.engine = engine;
        this.versions = new VersionLog(engine, clock, versionCapacity);
        List<Resource> resources = new ArrayList<>();
        engine.scan(TABLE).forEach((key, bytes) -> resources.add(read(key, bytes)));
        long revision = engine.get(META, REVISION)
                .map(b -> ByteBuffer.wrap(b).getLong())
                .orElse(0L);
        this.view = new ConfigView(revision, resources);
        this.history = new History(historyCapacity, revision);
    }

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

    /** {@return the configuration of now} */
    public ConfigView view() {
        return view;
    }

    /** As {@link #commit(List, String)}, of whom nothing is known. */
    public ConfigView commit(List<Change> changes) throws ConflictException {
        return commit(changes, "");
    }

    /**
     * Makes changes together, or none of them.
     *
     * @param changes each resource at most once
     * @param author who asks, for the versions that are kept
     * @return the configuration after them, already durable
     * @throws ConflictException if one finds another version than it expects
     * @throws IllegalStateException if another server has written to the same engine
     */
    public ConfigView commit(List<Change> changes, String author) throws ConflictException {
        lock.lock();
        try {
            ConfigView before = view;
            check(changes);
            long revision = before.revision() + 1;
            Map<ResourceKey, Resource> after = new LinkedHashMap<>();
            before.all().forEach(resource -> after.put(resource.key(), resource));
            List<Event> events = new ArrayList<>();
            for (Change change : changes) {
                event(change, after.get(change.key()), revision).ifPresent(event -> {
                    events.add(event);
                    if (event.type() == EventType.DELETED) {
                        after.remove(change.key());
                    } else {
                        after.put(change.key(), event.resource());
                    }
                });
            }
            if (events.isEmpty()) {
                return before;
            }
            write(before.revision(), revision, events, author);
            ConfigView now = new ConfigView(revision, after.values());
            view = now;
            events.forEach(history::add);
            listeners.forEach(listener -> tell(listener, now));
            changed.signalAll();
            return now;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Sees whether changes could be made now.
     *
     * @throws ConflictException if one finds another version than it expects
     */
    public void check(List<Change> changes) throws ConflictException {
        for (Change change : changes) {
            check(view, change);
        }
    }

    private static void check(ConfigView before, Change change) throws ConflictException {
        Long expected = change.expectedVersion();
        if (expected == null) {
            return;
        }
        long present = before.get(change.key()).map(Resource::resourceVersion).orElse(0L);
        if (present != expected) {
            throw new ConflictException(
                    change.key(),
                    present == 0
                            ? "does not exist any more"
                            : expected == 0
                                    ? "exists already"
                                    : "has been changed since version " + expected + " (it is at " + present
                                            + "); read it again");
        }
    }

    private static Optional<Event> event(Change change, @Nullable Resource old, long revision) {
        if (change instanceof Change.Put put) {
            return Optional.of(new Event(
                    old == null ? EventType.ADDED : EventType.MODIFIED, stamp(put.resource(), old, revision), old));
        }
        return old == null
                ? Optional.empty()
                : Optional.of(new Event(EventType.DELETED, Bodies.withVersion(old, revision), old));
    }

    private static Resource stamp(Resource resource, @Nullable Resource old, long revision) {
        if (old == null) {
            return Bodies.stamped(resource, resource.uid(), revision, 1, resource.creationTimestamp());
        }
        long generation = old.generation() + (old.spec().equals(resource.spec()) ? 0 : 1);
        return Bodies.stamped(resource, old.uid(), revision, generation, old.creationTimestamp());
    }

    /** Resources and revision in one step: a revision is never given twice, not even after a crash. */
    private void write(long before, long revision, List<Event> events, String author) {
        List<Write> writes = new ArrayList<>(versions.writes(events, author));
        writes.add(new Write(META, REVISION, bytes(revision)));
        for (Event event : events) {
            writes.add(new Write(
                    TABLE,
                    key(event.resource().key()),
                    event.type() == EventType.DELETED ? null : bytes(event.resource())));
        }
        if (!engine.change(List.of(new Guard(META, REVISION, before == 0 ? null : bytes(before))), writes)) {
            throw new IllegalStateException(
                    "another server has changed the store since revision " + before + "; restart this one");
        }
        List<Write> surplus = versions.surplus(events);
        if (!surplus.isEmpty()) {
            engine.change(List.of(), surplus);
        }
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
        lock.lock();
        try {
            List<Version> kept = new ArrayList<>(versions.of(key));
            view.get(key)
                    .filter(now -> kept.isEmpty() || kept.get(0).version() != now.resourceVersion())
                    .ifPresent(
                            now -> kept.add(0, new Version(now.resourceVersion(), null, "", (ObjectNode) now.raw())));
            return kept;
        } finally {
            lock.unlock();
        }
    }

    /** {@return how many versions have been given up to make room for newer ones} */
    public long versionsEvicted() {
        return versions.evicted();
    }

    /** Calls a listener after every change, in order, on the thread that made it. It must be short. */
    public void onChange(Consumer<ConfigView> listener) {
        listeners.add(listener);
    }

    /** {@return the name of a resource's entry} */
    static String key(ResourceKey key) {
        return key.group() + "/" + key.kind() + "/" + key.namespace() + "/" + key.name();
    }

    private static byte[] bytes(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    private byte[] bytes(Resource resource) {
        try {
            return json.writeValueAsBytes(resource.raw());
        } catch (IOException e) {
            throw new UncheckedIOException("what was read as JSON can be written as JSON", e);
        }
    }

    private Resource read(String key, byte[] bytes) {
        try {
            return Bodies.read((ObjectNode) json.readTree(bytes));
        } catch (IOException e) {
            throw new UncheckedIOException("the store holds " + key + " in a form that cannot be read", e);
        }
    }
}
