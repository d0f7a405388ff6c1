package io.inmesh.server.store;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore.Event;
import io.inmesh.server.store.ConfigStore.EventType;
import io.inmesh.server.store.Engine.Listing;
import io.inmesh.server.store.Engine.Write;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Earlier versions of resources, for those who want to know who changed what, or to go back. They are written together with the change
 * itself, so that none is missing. Of each resource the last {@link #OF_A_RESOURCE} are kept, of all together {@link #OF_ALL}; the oldest go
 * first. Not safe for use by several threads but for {@link #evicted},
 * {@link #remove} and {@link #read}.
 */
final class VersionLog {

    /** Versions kept of one resource. */
    static final int OF_A_RESOURCE = 50;

    /** Versions kept of all resources, those that are gone included. */
    static final int OF_ALL = 10_000;

    /** The table of versions. */
    static final String TABLE = "versions";

    private static final Logger LOG = LoggerFactory.getLogger(VersionLog.class);
    private static final int DIGITS = 19;

    /** Entries of one removal, within what any engine can change at once. */
    private static final int MOST_REMOVED = 100;

    private final Engine engine;
    private final InstantSource clock;
    private final int ofAll;
    private final ObjectMapper json = new ObjectMapper();
    private final Map<String, List<Long>> byResource = new HashMap<>();
    private final TreeMap<Long, List<String>> byVersion = new TreeMap<>();
    private int size;
    private volatile long evicted;

    /**
     * Begins with what there is.
     *
     * @param ofAll versions to keep of all resources together
     * @param listing of the table
     */
    VersionLog(Engine engine, InstantSource clock, int ofAll, Listing listing) {
        this.engine = engine;
        this.clock = clock;
        this.ofAll = ofAll;
        reload(listing);
    }

    /** Forgets what it knows for what there is. */
    void reload(Listing listing) {
        byResource.clear();
        byVersion.clear();
        size = 0;
        for (String entry : listing.table(TABLE).keySet()) {
            int at = entry.length() - DIGITS;
            remember(entry.substring(0, at - 1), Long.parseLong(entry.substring(at)));
        }
    }

    /** {@return how many versions have been given up to make room for newer ones} */
    long evicted() {
        return evicted;
    }

    /** {@return what to write for changes, besides the changes} */
    List<Write> writes(List<Event> events, String author) {
        Instant now = clock.instant();
        List<Write> writes = new ArrayList<>();
        for (Event event : events) {
            ObjectNode entry =
                    json.createObjectNode().put("time", now.toString()).put("author", author);
            if (event.type() != EventType.DELETED) {
                entry.set("body", event.resource().raw());
            }
            writes.add(new Write(
                    TABLE,
                    entry(Entries.key(event.resource().key()), event.resource().resourceVersion()),
                    bytes(entry)));
        }
        return writes;
    }

    /** {@return what to remove after changes have been written, by whoever has written them; to be called once for each} */
    List<Write> surplus(List<Event> events) {
        List<Write> removals = new ArrayList<>();
        for (Event event : events) {
            String resource = Entries.key(event.resource().key());
            remember(resource, event.resource().resourceVersion());
            List<Long> versions = byResource.getOrDefault(resource, List.of());
            while (versions.size() > OF_A_RESOURCE) {
                removals.add(forget(resource, versions.get(0)));
            }
        }
        while (size > ofAll) {
            Map.Entry<Long, List<String>> oldest = byVersion.firstEntry();
            removals.add(forget(oldest.getValue().get(0), oldest.getKey()));
        }
        evicted += removals.size();
        return removals;
    }

    /** Removes what is surplus from the engine, if that can be asked; may be called by any thread. */
    void remove(List<Write> removals) {
        try {
            for (int from = 0; from < removals.size(); from += MOST_REMOVED) {
                engine.change(List.of(), removals.subList(from, Math.min(removals.size(), from + MOST_REMOVED)));
            }
        } catch (StoreUnavailableException e) {
            // The change is made and durable; whoever made it must not be told otherwise.
            LOG.warn("old versions stay in the store until the next start of a server: {}", e.getMessage());
        }
    }

    /** {@return the versions of a resource that are kept, newest first} */
    List<Long> of(ResourceKey key) {
        List<Long> versions = new ArrayList<>(byResource.getOrDefault(Entries.key(key), List.of()));
        Collections.reverse(versions);
        return versions;
    }

    /** {@return a version, unless it has gone meanwhile; may be called by any thread} */
    Optional<Version> read(ResourceKey key, long version) {
        return engine.get(TABLE, entry(Entries.key(key), version)).map(bytes -> read(version, bytes));
    }

    private void remember(String resource, long version) {
        byResource.computeIfAbsent(resource, r -> new ArrayList<>()).add(version);
        byVersion.computeIfAbsent(version, v -> new ArrayList<>()).add(resource);
        size++;
    }

    private Write forget(String resource, long version) {
        List<Long> versions = byResource.getOrDefault(resource, new ArrayList<>());
        versions.remove(version);
        if (versions.isEmpty()) {
            byResource.remove(resource);
        }
        List<String> resources = byVersion.getOrDefault(version, new ArrayList<>());
        resources.remove(resource);
        if (resources.isEmpty()) {
            byVersion.remove(version);
        }
        size--;
        return new Write(TABLE, entry(resource, version), null);
    }

    /** Zeros in front make the order of names that of numbers. */
    private static String entry(String resource, long version) {
        String digits = Long.toString(version);
        return resource + "/" + "0".repeat(DIGITS - digits.length()) + digits;
    }

    private byte[] bytes(ObjectNode entry) {
        try {
            return json.writeValueAsBytes(entry);
        } catch (IOException e) {
            throw new UncheckedIOException("what was read as JSON can be written as JSON", e);
        }
    }

    private Version read(long version, byte[] bytes) {
        try {
            ObjectNode entry = (ObjectNode) json.readTree(bytes);
            return new Version(
                    version,
                    Instant.parse(entry.path("time").asText()),
                    entry.path("author").asText(),
                    entry.get("body") instanceof ObjectNode body ? body : null);
        } catch (IOException e) {
            throw new UncheckedIOException("the store holds version " + version + " in a form that cannot be read", e);
        }
    }
}
