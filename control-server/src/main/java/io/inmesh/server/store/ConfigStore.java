package io.inmesh.server.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.Bodies;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All configuration: an immutable view in memory, every change durable before it is visible, watchers told in order.
 *
 * <p>One revision counter serves all resources, as in etcd: a change takes the next revision, and a resource's version is the
 * revision that wrote it.
 */
public final class ConfigStore {

    private static final String TABLE = "resources";
    private static final String REVISION_TABLE = "meta";
    private static final String REVISION = "revision";
    private static final int HISTORY = 2000;

    private final Database database;
    private final ObjectMapper json = new ObjectMapper();
    private final List<Consumer<ConfigView>> listeners = new CopyOnWriteArrayList<>();
    private final Deque<Event> history = new ArrayDeque<>();
    private volatile ConfigView view;

    /** Reads what is on disk. */
    public ConfigStore(Database database) {
        this.database = database;
        List<Resource> resources = new ArrayList<>();
        database.scan(TABLE).forEach((key, bytes) -> resources.add(read(bytes)));
        long revision = database.get(REVISION_TABLE, REVISION)
                .map(bytes -> java.nio.ByteBuffer.wrap(bytes).getLong())
                .orElse(0L);
        this.view = new ConfigView(revision, resources);
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
     */
    public record Event(EventType type, Resource resource) {}

    /** A change to make. */
    public sealed interface Change {

        /** {@return what it is about} */
        ResourceKey key();

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
    }

    /** {@return the configuration of now} */
    public ConfigView view() {
        return view;
    }

    /**
     * Makes changes together, or none of them.
     *
     * @return the configuration after them, already on disk
     * @throws ConflictException if one finds another version than it expects
     */
    public synchronized ConfigView commit(List<Change> changes) throws ConflictException {
        ConfigView before = view;
        for (Change change : changes) {
            check(before, change);
        }
        long revision = before.revision() + 1;
        Map<ResourceKey, Resource> after = new LinkedHashMap<>();
        before.all().forEach(resource -> after.put(resource.key(), resource));
        Map<String, byte @Nullable []> writes = new HashMap<>();
        List<Event> events = new ArrayList<>();
        for (Change change : changes) {
            Optional<Resource> old = Optional.ofNullable(after.get(change.key()));
            if (change instanceof Change.Put put) {
                Resource written = stamp(put.resource(), old, revision);
                after.put(written.key(), written);
                writes.put(key(written.key()), write(written));
                events.add(new Event(old.isPresent() ? EventType.MODIFIED : EventType.ADDED, written));
            } else if (old.isPresent()) {
                after.remove(change.key());
                writes.put(key(change.key()), null);
                events.add(new Event(EventType.DELETED, Bodies.withVersion(old.get(), revision)));
            }
        }
        if (events.isEmpty()) {
            return before;
        }
        database.change(TABLE, writes);
        database.put(
                REVISION_TABLE,
                REVISION,
                java.nio.ByteBuffer.allocate(Long.BYTES).putLong(revision).array());
        ConfigView now = new ConfigView(revision, after.values());
        view = now;
        events.forEach(this::remember);
        listeners.forEach(listener -> listener.accept(now));
        notifyAll();
        return now;
    }

    private static void check(ConfigView before, Change change) throws ConflictException {
        Long expected =
                change instanceof Change.Put put ? put.expectedVersion() : ((Change.Delete) change).expectedVersion();
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
                                    : "has been changed since version " + expected + "; read it again");
        }
    }

    private static Resource stamp(Resource resource, Optional<Resource> old, long revision) {
        long generation = old.map(o -> o.spec().equals(resource.spec()) ? o.generation() : o.generation() + 1)
                .orElse(1L);
        return Bodies.stamped(
                resource,
                old.map(Resource::uid).orElse(resource.uid()),
                revision,
                generation,
                old.map(Resource::creationTimestamp).orElse(resource.creationTimestamp()));
    }

    private void remember(Event event) {
        history.addLast(event);
        while (history.size() > HISTORY) {
            history.removeFirst();
        }
    }

    /**
     * {@return what happened after a revision, waiting for something to happen}
     *
     * @param revision the last revision already known
     * @param waitMillis how long to wait at most; an empty list if nothing happened
     * @return empty optional if that is too long ago to tell
     */
    public synchronized Optional<List<Event>> eventsAfter(long revision, long waitMillis) throws InterruptedException {
        if (revision >= view.revision()) {
            wait(Math.max(1, waitMillis));
        }
        if (revision < view.revision()
                && (history.isEmpty() || history.getFirst().resource().resourceVersion() > revision + 1)
                && history.size() >= HISTORY) {
            return Optional.empty();
        }
        return Optional.of(history.stream()
                .filter(event -> event.resource().resourceVersion() > revision)
                .toList());
    }

    /** Calls a listener after every change, in order, on the thread that made it. It must be short. */
    public void onChange(Consumer<ConfigView> listener) {
        listeners.add(listener);
    }

    private static String key(ResourceKey key) {
        return key.group() + "/" + key.kind() + "/" + key.namespace() + "/" + key.name();
    }

    private byte[] write(Resource resource) {
        try {
            return json.writeValueAsBytes(resource.raw());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Resource read(byte[] bytes) {
        try {
            JsonNode body = json.readTree(bytes);
            return Bodies.read((ObjectNode) body);
        } catch (IOException e) {
            throw new UncheckedIOException("the store holds a resource that cannot be read", e);
        }
    }
}
