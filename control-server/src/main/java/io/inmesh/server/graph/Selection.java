package io.inmesh.server.graph;

import java.util.function.Predicate;

/** Which counts belong to something in the graph. */
public final class Selection {

    private Selection() {}

    /** {@return what belongs to the edge of that id} */
    public static Predicate<Subject> edge(String id) {
        return subject -> EdgeName.of(subject).id().equals(id);
    }

    /**
     * {@return what was called at the node of that id: of a workload by its own word and nobody else's, so that nothing counts twice; by
     * that of its callers if {@code byCallers}}
     */
    public static Predicate<Subject> node(String id, boolean byCallers) {
        return subject -> {
            EdgeName name = EdgeName.of(subject);
            boolean own = subject instanceof Subject.CameIn;
            return own != byCallers
                    && (name.destination().equals(id) || name.service().equals(id));
        };
    }

    /** {@return calls to the services of that name: a full host name, or the beginning of one up to a dot} */
    public static Predicate<Subject> service(String name) {
        return subject -> subject instanceof Subject.Calls calls
                && (calls.host().equals(name) || calls.host().startsWith(name + "."));
    }

    /**
     * {@return calls that a route led to a destination}
     *
     * @param host full host name
     * @param subset subset of it; empty if the route leads to all of the service
     */
    public static Predicate<Subject> destination(String host, String subset) {
        return subject -> subject instanceof Subject.Calls calls
                && calls.host().equals(host)
                && calls.subset().equals(subset);
    }
}
