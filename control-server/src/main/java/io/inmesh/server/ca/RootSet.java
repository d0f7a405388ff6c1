package io.inmesh.server.ca;

import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * All roots, those that are gone included, oldest first. Immutable.
 *
 * @param all at most one of them is active
 */
record RootSet(List<Root> all) {
    RootSet {
        all = List.copyOf(all);
    }

    /** The one that signs. */
    Root active() {
        return all.stream()
                .filter(root -> root.state() == RootState.ACTIVE)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no root is active"));
    }

    /** Those to trust: the active one first, which tells processes below another one to renew. */
    List<Root> bundle() {
        return all.stream()
                .filter(root -> root.state().inBundle())
                .sorted(Comparator.comparing(root -> root.state() != RootState.ACTIVE))
                .toList();
    }

    Optional<Root> get(String id) {
        return all.stream().filter(root -> root.id().equals(id)).findFirst();
    }

    /** This set with a root put in the place of that with the same id, or at the end. */
    RootSet with(Root changed) {
        List<Root> roots = new ArrayList<>(all);
        for (int i = 0; i < roots.size(); i++) {
            if (roots.get(i).id().equals(changed.id())) {
                roots.set(i, changed);
                return new RootSet(roots);
            }
        }
        roots.add(changed);
        return new RootSet(roots);
    }

    /** The roots of the bundle that a chain leads to, whatever else is in it. */
    List<Root> above(List<X509Certificate> chain) {
        return bundle().stream()
                .filter(root -> chain.stream().anyMatch(c -> !c.equals(root.certificate()) && root.signed(c)))
                .toList();
    }
}
