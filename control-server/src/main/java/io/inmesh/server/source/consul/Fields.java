package io.inmesh.server.source.consul;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which fields of an object count. Of a field that is named whole, everything in it does; objects in an array count like the array itself.
 *
 * @param named the fields by name, with what counts in them; empty if everything does
 */
record Fields(Map<String, Fields> named) {
    private static final Fields ALL = new Fields(Map.of());

    /** {@return the fields of these paths, such as {@code Node/Address}} */
    static Fields of(String... paths) {
        Map<String, Fields> named = new HashMap<>();
        for (String path : paths) {
            String[] parts = path.split("/", 2);
            named.merge(parts[0], parts.length == 1 ? ALL : of(parts[1]), Fields::and);
        }
        return new Fields(Map.copyOf(named));
    }

    private Fields and(Fields other) {
        if (all() || other.all()) {
            return ALL;
        }
        Map<String, Fields> both = new HashMap<>(named);
        other.named.forEach((name, inner) -> both.merge(name, inner, Fields::and));
        return new Fields(Map.copyOf(both));
    }

    private boolean all() {
        return named.isEmpty();
    }

    /** {@return what counts in the field of that name; null if it does not count itself} */
    @Nullable
    Fields in(String name) {
        return all() ? ALL : named.get(name);
    }
}
