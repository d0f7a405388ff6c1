package io.inmesh.server.translate;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Makes equal resources one object, within a state and from one state to the next, so that bytes are held once. */
final class SharedResources {
    private final ConcurrentMap<Key, VersionedResource> current = new ConcurrentHashMap<>();
    /** Those of the state before, never those of an earlier one: what is no longer used can go. */
    private final ConcurrentMap<Key, VersionedResource> before;

    private record Key(String typeUrl, String name, String version) {}

    private SharedResources(ConcurrentMap<Key, VersionedResource> before) {
        this.before = before;
    }

    static SharedResources following(@Nullable SharedResources previous) {
        return new SharedResources(previous == null ? new ConcurrentHashMap<>() : previous.current);
    }

    VersionedResource one(VersionedResource resource) {
        Key key = new Key(resource.typeUrl(), resource.name(), resource.version());
        return current.computeIfAbsent(key, k -> before.getOrDefault(k, resource));
    }

    List<VersionedResource> all(List<VersionedResource> resources) {
        return resources.stream().map(this::one).toList();
    }
}
