package io.inmesh.server.store;

import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every resource at one moment. Immutable. */
public final class ConfigView {
    private final long revision;
    private final Map<ResourceKey, Resource> byKey = new LinkedHashMap<>();
    private final Map<String, List<Resource>> byKind;

    /**
     * @param revision grows with every commit; equal revisions hold equal resources
     * @param resources all resources, each key once
     */
    public ConfigView(long revision, Collection<Resource> resources) {
        this.revision = revision;
        resources.forEach(resource -> byKey.put(resource.key(), resource));
        this.byKind = byKey.values().stream()
                .collect(Collectors.groupingBy(r -> r.key().kind(), Collectors.toUnmodifiableList()));
    }

    /** The commit this is the result of. */
    public long revision() {
        return revision;
    }

    /** Every resource. */
    public List<Resource> all() {
        return List.copyOf(byKey.values());
    }

    /** Every resource of a kind, such as {@code VirtualService}. */
    public List<Resource> byKind(String kind) {
        return byKind.getOrDefault(kind, List.of());
    }

    /** The resource with that key. */
    public Optional<Resource> get(ResourceKey key) {
        return Optional.ofNullable(byKey.get(key));
    }
}
