package io.inmesh.server.model;

/**
 * What tells one resource from every other. The API version is no part of it: all versions of a kind are one resource.
 *
 * @param group API group, empty for the core group
 * @param kind such as {@code VirtualService}
 * @param namespace its namespace; empty for kinds without one
 * @param name its name
 */
public record ResourceKey(String group, String kind, String namespace, String name) {
    /** For people: {@code VirtualService default/reviews}. */
    @Override
    public String toString() {
        return kind + " " + (namespace.isEmpty() ? name : namespace + "/" + name);
    }
}
