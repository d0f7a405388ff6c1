package io.inmesh.server.translate;

import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Every resource one kind of client may see, by type URL and name. Immutable.
 *
 * <p>Some names are endless (a gRPC server asks for a listener named after its own address), so a subscription by name is answered with
 * {@link #find}, which may make the resource on demand; {@link #all} lists what a wildcard subscription gets.
 */
public final class ResourceSet {
    private static final BiFunction<String, String, @Nullable VersionedResource> NOTHING = (type, name) -> null;

    private final Map<String, SortedMap<String, VersionedResource>> byType;
    private final BiFunction<String, String, @Nullable VersionedResource> onDemand;

    private ResourceSet(
            Map<String, SortedMap<String, VersionedResource>> byType,
            BiFunction<String, String, @Nullable VersionedResource> onDemand) {
        this.byType = byType;
        this.onDemand = onDemand;
    }

    /** A set without any resource. */
    public static ResourceSet empty() {
        return new Builder().build();
    }

    /** Starts a new set. */
    public static Builder builder() {
        return new Builder();
    }

    /** All listed resources of a type, by name in sorted order; empty if there are none. */
    public SortedMap<String, VersionedResource> all(String typeUrl) {
        return byType.getOrDefault(typeUrl, Collections.emptySortedMap());
    }

    /** The resource of that name, listed or made on demand; empty if it does not exist. */
    public Optional<VersionedResource> find(String typeUrl, String name) {
        VersionedResource listed = all(typeUrl).get(name);
        return Optional.ofNullable(listed != null ? listed : onDemand.apply(typeUrl, name));
    }

    /** Whether {@code other} lists the very same objects, which makes one as good as the other if none is made on demand. */
    boolean lists(ResourceSet other) {
        if (!byType.keySet().equals(other.byType.keySet())) {
            return false;
        }
        for (Map.Entry<String, SortedMap<String, VersionedResource>> type : byType.entrySet()) {
            if (!same(type.getValue().values(), other.all(type.getKey()).values())) {
                return false;
            }
        }
        return true;
    }

    private static boolean same(Collection<VersionedResource> some, Collection<VersionedResource> others) {
        if (some.size() != others.size()) {
            return false;
        }
        Iterator<VersionedResource> other = others.iterator();
        for (VersionedResource one : some) {
            if (one != other.next()) {
                return false;
            }
        }
        return true;
    }

    /** This set and one resource more (or in place of one of the same type and name). */
    public ResourceSet with(VersionedResource resource) {
        return with(List.of(resource));
    }

    /** This set and some resources more (or in place of those of the same type and name). */
    ResourceSet with(Collection<VersionedResource> resources) {
        Builder builder = new Builder();
        byType.values().forEach(known -> known.values().forEach(builder::add));
        resources.forEach(builder::add);
        return builder.onDemand(onDemand).build();
    }

    /** Collects resources; not safe for use by several threads. */
    public static final class Builder {
        private final Map<String, SortedMap<String, VersionedResource>> byType = new LinkedHashMap<>();
        private BiFunction<String, String, @Nullable VersionedResource> onDemand = NOTHING;

        private Builder() {}

        /** Adds a resource; a later one of the same type and name replaces an earlier one. */
        public Builder add(VersionedResource resource) {
            byType.computeIfAbsent(resource.typeUrl(), type -> new TreeMap<>()).put(resource.name(), resource);
            return this;
        }

        /** Sets how resources that are not listed are made from type URL and name; null means that there is none. */
        public Builder onDemand(BiFunction<String, String, @Nullable VersionedResource> maker) {
            this.onDemand = maker;
            return this;
        }

        /** The finished set. */
        public ResourceSet build() {
            Map<String, SortedMap<String, VersionedResource>> copy = new LinkedHashMap<>();
            byType.forEach(
                    (type, resources) -> copy.put(type, Collections.unmodifiableSortedMap(new TreeMap<>(resources))));
            return new ResourceSet(Collections.unmodifiableMap(copy), onDemand);
        }
    }
}
