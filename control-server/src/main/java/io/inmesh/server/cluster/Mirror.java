package io.inmesh.server.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.inmesh.server.model.Kinds.Kind;
import io.inmesh.server.model.ResourceKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The objects of a cluster, as far as they have been heard of. Safe for use by several threads. */
final class Mirror {

    private final Set<String> namespaces;
    private final Map<Kind, Map<ResourceKey, ClusterObject>> objects = new HashMap<>();
    private final Set<Kind> absent = new HashSet<>();
    private final Set<ResourceKey> deleted = new HashSet<>();
    private long version;

    /**
     * What is there at one moment.
     *
     * @param version grows with every change
     * @param objects everything
     * @param deleted what somebody has deleted, and is not there again
     * @param known the kinds of which everything is known, be it that the cluster does not have them
     */
    record Seen(long version, Map<ResourceKey, ClusterObject> objects, Set<ResourceKey> deleted, Set<Kind> known) {
        Seen {
            objects = Map.copyOf(objects);
            deleted = Set.copyOf(deleted);
            known = Set.copyOf(known);
        }
    }

    /**
     * Knows nothing.
     *
     * @param namespaces what is in others is not there; all are if empty
     */
    Mirror(Set<String> namespaces) {
        this.namespaces = Set.copyOf(namespaces);
    }

    /** These are all objects of a kind. What was there before and is not among them was not necessarily deleted. */
    synchronized void listed(Kind kind, String apiVersion, List<JsonNode> all) {
        Map<ResourceKey, ClusterObject> present = new HashMap<>();
        all.forEach(one -> {
            ClusterObject object = ClusterObject.read(kind, apiVersion, one);
            if (concerns(object)) {
                present.put(object.key(), object);
                deleted.remove(object.key());
            }
        });
        objects.put(kind, present);
        absent.remove(kind);
        version++;
    }

    /** An object is new or other than before, or was deleted. */
    synchronized void changed(Kind kind, String apiVersion, JsonNode one, boolean gone) {
        ClusterObject object = ClusterObject.read(kind, apiVersion, one);
        if (!concerns(object)) {
            return;
        }
        Map<ResourceKey, ClusterObject> present = objects.computeIfAbsent(kind, wanted -> new HashMap<>());
        if (gone) {
            present.remove(object.key());
            deleted.add(object.key());
        } else {
            present.put(object.key(), object);
            deleted.remove(object.key());
        }
        version++;
    }

    private boolean concerns(ClusterObject object) {
        return namespaces.isEmpty() || namespaces.contains(object.key().namespace());
    }

    /** A kind is not known to the cluster, or not any more. */
    synchronized void without(Kind kind) {
        if (objects.remove(kind) != null | absent.add(kind)) {
            version++;
        }
    }

    /** A kind is known to the cluster. If it seemed not to be, its objects are not known to be missing until they have been listed. */
    synchronized void with(Kind kind) {
        if (absent.remove(kind)) {
            version++;
        }
    }

    /** What was deleted is gone here, too. */
    synchronized void settled(Set<ResourceKey> gone) {
        deleted.removeAll(gone);
    }

    synchronized Seen seen() {
        Map<ResourceKey, ClusterObject> all = new HashMap<>();
        objects.values().forEach(all::putAll);
        Set<Kind> known = new HashSet<>(objects.keySet());
        known.addAll(absent);
        return new Seen(version, all, deleted, known);
    }

    synchronized long version() {
        return version;
    }

    synchronized boolean knows(Kind kind) {
        return objects.containsKey(kind);
    }
}
