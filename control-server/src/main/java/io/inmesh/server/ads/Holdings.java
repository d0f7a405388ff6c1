package io.inmesh.server.ads;

import io.inmesh.server.translate.VersionedResource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one client has of one type. Resources are those that all clients share, so that each further client costs references only; of what a
 * client brings from an earlier stream there are names and versions, until the like of it is found here. Not safe for use by several
 * threads.
 */
final class Holdings {
    private final SortedMap<String, VersionedResource> known = new TreeMap<>();
    private final Map<String, String> brought = new HashMap<>();
    private final SetVersion setVersion = new SetVersion();

    /** It says that it has these, by version. */
    void bring(Map<String, String> versions) {
        versions.forEach((name, version) -> {
            remove(name);
            brought.put(name, version);
            setVersion.add(name, version);
        });
    }

    /** It is being sent a resource. */
    void put(VersionedResource resource) {
        remove(resource.name());
        known.put(resource.name(), resource);
        setVersion.add(resource.name(), resource.version());
    }

    /** It does not have that name any more, if it had. */
    void remove(String name) {
        version(name).ifPresent(version -> {
            setVersion.remove(name, version);
            known.remove(name);
            brought.remove(name);
        });
    }

    /** It has only some of these names from now on. */
    void retain(Set<String> names) {
        names(name -> !names.contains(name)).forEach(this::remove);
    }

    boolean contains(String name) {
        return known.containsKey(name) || brought.containsKey(name);
    }

    /** Whether it has a resource in that very version. */
    boolean contains(VersionedResource resource) {
        String name = resource.name();
        VersionedResource had = known.get(name);
        if (had != null || !resource.version().equals(brought.get(name))) {
            return had != null && had.version().equals(resource.version());
        }
        brought.remove(name);
        known.put(name, resource);
        return true;
    }

    /** {@return the version of what it has of that name; empty if nothing} */
    Optional<String> version(String name) {
        VersionedResource resource = known.get(name);
        return Optional.ofNullable(resource == null ? brought.get(name) : resource.version());
    }

    /** {@return a version for all of it: equal on every server on which a client has the same} */
    String version() {
        return setVersion.text();
    }

    /** {@return the names it has for which {@code which} holds, sorted} */
    List<String> names(Predicate<String> which) {
        return Stream.concat(known.keySet().stream(), brought.keySet().stream())
                .filter(which)
                .sorted()
                .toList();
    }

    /** {@return the resources it has, by name} */
    Collection<VersionedResource> resources() {
        return known.values();
    }

    /** {@return the resource of a name; null if it has none, or brought it} */
    @Nullable
    VersionedResource resource(String name) {
        return known.get(name);
    }
}
