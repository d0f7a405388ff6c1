package io.inmesh.server.access;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Which role somebody has where. */
public final class Bindings {

    private final List<Binding> bindings;

    Bindings(List<Binding> bindings) {
        this.bindings = List.copyOf(bindings);
    }

    /**
     * {@return whether somebody may do something}
     *
     * @param needed the role it takes
     * @param namespace where; empty for what is in no namespace, or in all of them
     */
    public boolean allow(Principal principal, Role needed, String namespace) {
        return principal.kind() == Principal.Kind.LOOPBACK
                || bindings.stream()
                        .anyMatch(binding -> binding.role().covers(needed)
                                && binding.holdsIn(namespace)
                                && binding.isAbout(principal));
    }

    /** {@return the highest role somebody has in a namespace; empty for none} */
    public Optional<Role> roleIn(Principal principal, String namespace) {
        if (principal.kind() == Principal.Kind.LOOPBACK) {
            return Optional.of(Role.ADMIN);
        }
        return bindings.stream()
                .filter(binding -> binding.holdsIn(namespace) && binding.isAbout(principal))
                .map(Binding::role)
                .max(Comparator.naturalOrder());
    }

    /** {@return the namespaces somebody has a role in, {@code *} for all} */
    public Set<String> namespacesOf(Principal principal) {
        Set<String> namespaces = new TreeSet<>();
        if (principal.kind() == Principal.Kind.LOOPBACK) {
            namespaces.add(Binding.EVERYWHERE);
        }
        bindings.stream()
                .filter(binding -> binding.isAbout(principal))
                .forEach(binding -> namespaces.addAll(binding.namespaces()));
        return namespaces;
    }
}
