package io.inmesh.server.store;

import io.inmesh.server.model.Bodies;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.ConfigStore.Event;
import io.inmesh.server.store.ConfigStore.EventType;
import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Write;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From one view to the next.
 *
 * @param view the view after it
 * @param events what happened; empty if nothing did
 */
record Step(ConfigView view, List<Event> events) {

    /** {@return what changes would make of a view} */
    static Step of(ConfigView before, List<Change> changes) {
        long revision = before.revision() + 1;
        Map<ResourceKey, Resource> after = byKey(before);
        List<Event> events = new ArrayList<>();
        for (Change change : changes) {
            event(change, after.get(change.key()), revision).ifPresent(event -> take(event, events, after));
        }
        return events.isEmpty() ? new Step(before, events) : new Step(new ConfigView(revision, after.values()), events);
    }

    /** {@return what a transaction, which follows a view at once, has made of it} */
    static Step of(ConfigView before, Transaction transaction) {
        long revision = before.revision() + 1;
        Map<ResourceKey, Resource> after = byKey(before);
        List<Event> events = new ArrayList<>();
        for (Write write : transaction.writes()) {
            if (write.table().equals(Entries.RESOURCES)) {
                ResourceKey key = Entries.key(write.key());
                Resource old = after.get(key);
                if (write.value() != null) {
                    EventType type = old == null ? EventType.ADDED : EventType.MODIFIED;
                    take(new Event(type, Entries.read(write.key(), write.value()), old), events, after);
                } else if (old != null) {
                    take(new Event(EventType.DELETED, Bodies.withVersion(old, revision), old), events, after);
                }
            }
        }
        return new Step(new ConfigView(revision, after.values()), events);
    }

    private static Map<ResourceKey, Resource> byKey(ConfigView view) {
        Map<ResourceKey, Resource> resources = new LinkedHashMap<>();
        view.all().forEach(resource -> resources.put(resource.key(), resource));
        return resources;
    }

    private static void take(Event event, List<Event> events, Map<ResourceKey, Resource> after) {
        events.add(event);
        ResourceKey key = event.resource().key();
        if (event.type() == EventType.DELETED) {
            after.remove(key);
        } else {
            after.put(key, event.resource());
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
        // Only where it was made, if elsewhere, it is known that it has been made again meanwhile.
        boolean said = resource.raw().path("metadata").hasNonNull("creationTimestamp");
        Instant created = said ? resource.creationTimestamp() : old.creationTimestamp();
        return Bodies.stamped(resource, old.uid(), revision, generation, created);
    }

    /**
     * Sees whether a configuration is as changes expect it.
     *
     * @throws ConflictException if a resource has another version than one expects
     */
    static void check(ConfigView before, List<Change> changes) throws ConflictException {
        for (Change change : changes) {
            check(before, change);
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
}
