package io.inmesh.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A choice of headers by name. Case does not matter.
 *
 * <p>Source: Istio, the header lists of {@code MeshConfig.ExtensionProvider.envoyExtAuthzHttp}.
 *
 * @param exact lower case names
 * @param prefixes lower case beginnings
 * @param suffixes lower case ends
 */
public record HeaderNames(Set<String> exact, List<String> prefixes, List<String> suffixes) {

    /** Chooses none. */
    public static final HeaderNames NONE = new HeaderNames(Set.of(), List.of(), List.of());

    /** Copies the collections. */
    public HeaderNames {
        exact = Set.copyOf(exact);
        prefixes = List.copyOf(prefixes);
        suffixes = List.copyOf(suffixes);
    }

    /**
     * {@return the choice that patterns make: {@code abc}, {@code abc*} or {@code *abc}}
     *
     * @throws IllegalArgumentException if a pattern is empty, {@code *} alone, or has a star elsewhere
     */
    public static HeaderNames of(List<String> patterns) {
        Set<String> exact = new HashSet<>();
        List<String> prefixes = new ArrayList<>();
        List<String> suffixes = new ArrayList<>();
        for (String pattern : patterns) {
            boolean suffix = pattern.startsWith("*");
            boolean prefix = !suffix && pattern.endsWith("*");
            String name = pattern.substring(suffix ? 1 : 0, pattern.length() - (prefix ? 1 : 0))
                    .toLowerCase(Locale.ROOT);
            if (name.isEmpty() || name.indexOf('*') >= 0) {
                throw new IllegalArgumentException("\"" + pattern + "\" is none of abc, abc* and *abc");
            }
            if (suffix) {
                suffixes.add(name);
            } else if (prefix) {
                prefixes.add(name);
            } else {
                exact.add(name);
            }
        }
        return new HeaderNames(exact, prefixes, suffixes);
    }

    /** {@return whether there is nothing that could be chosen} */
    public boolean isEmpty() {
        return exact.isEmpty() && prefixes.isEmpty() && suffixes.isEmpty();
    }

    /**
     * {@return whether a header is chosen}
     *
     * @param name lower case
     */
    public boolean contains(String name) {
        return exact.contains(name)
                || prefixes.stream().anyMatch(name::startsWith)
                || suffixes.stream().anyMatch(name::endsWith);
    }
}
