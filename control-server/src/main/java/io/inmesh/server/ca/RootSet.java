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
    /** What TLS stacks read of a chain at most; PKIX implementations stop there too. */
    private static final int MAX_CHAIN = 8;

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

    /** {@return a chain below the active root, with its crosses behind it, each with the root that signed it} */
    List<X509Certificate> withCrosses(List<X509Certificate> issued) {
        List<X509Certificate> chain = new ArrayList<>(issued);
        for (X509Certificate cross : active().crosses()) {
            bundle().stream()
                    .filter(root -> root.signed(cross) && chain.size() + 2 <= MAX_CHAIN)
                    .findFirst()
                    .ifPresent(root -> {
                        chain.add(cross);
                        chain.add(root.certificate());
                    });
        }
        return chain;
    }

    /** The roots of the bundle that a chain leads to, whatever else is in it. */
    List<Root> above(List<X509Certificate> chain) {
        return bundle().stream()
                .filter(root -> chain.stream().anyMatch(c -> !c.equals(root.certificate()) && root.signed(c)))
                .toList();
    }
}
