package io.inmesh.config;

import java.util.List;

/**
 * Header changes, applied in the order remove, set, add.
 *
 * <p>Source: Istio {@code Headers.HeaderOperations}.
 *
 * @param set headers that replace all values of their name
 * @param add headers appended beside existing values
 * @param remove lower case names that are removed
 */
public record HeaderEditsConfig(List<Header> set, List<Header> add, List<String> remove) {

    /** No change. */
    public static final HeaderEditsConfig NONE = new HeaderEditsConfig(List.of(), List.of(), List.of());

    /** Copies the lists. */
    public HeaderEditsConfig {
        set = List.copyOf(set);
        add = List.copyOf(add);
        remove = List.copyOf(remove);
    }

    /**
     * One header.
     *
     * @param name lower case name
     * @param value value as sent
     */
    public record Header(String name, String value) {}

    /** {@return whether nothing is changed} */
    public boolean isEmpty() {
        return set.isEmpty() && add.isEmpty() && remove.isEmpty();
    }
}
