package io.inmesh.server.rule;

import java.util.List;
import java.util.Set;

/**
 * Which namespaces may see a resource ({@code exportTo}).
 *
 * @param owner the resource's own namespace
 * @param names the entries of {@code exportTo}; empty means everyone
 */
public record ExportScope(String owner, Set<String> names) {

    /** Reads {@code exportTo} of a resource in {@code owner}. */
    public static ExportScope of(String owner, Field exportTo) {
        List<String> names = exportTo.texts();
        return new ExportScope(owner, Set.copyOf(names));
    }

    /** Visible everywhere. */
    public static ExportScope everyone(String owner) {
        return new ExportScope(owner, Set.of());
    }

    /** Whether clients of {@code namespace} may see the resource. */
    public boolean visibleFrom(String namespace) {
        return everywhere() || names.contains(namespace) || (names.contains(".") && owner.equals(namespace));
    }

    /** Whether every namespace may see it. */
    public boolean everywhere() {
        return names.isEmpty() || names.contains("*");
    }

    /** Whether only the owner's namespace may see it. */
    public boolean ownerOnly() {
        return !everywhere() && names.stream().allMatch(n -> n.equals(".") || n.equals(owner));
    }
}
