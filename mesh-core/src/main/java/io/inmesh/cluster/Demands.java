package io.inmesh.cluster;

import java.util.function.Consumer;

/** Tells the control plane which deferred clusters are about to be called. One per mesh; thread-safe. */
public final class Demands {

    private volatile Consumer<String> listener = cluster -> {};

    /**
     * Has a listener told from now on.
     *
     * @param told gets names of clusters, on threads of callers, so it must not block; a name may come again
     */
    public void listener(Consumer<String> told) {
        listener = told;
    }

    /** {@return the demand for a cluster, before anybody has called it} */
    public Demand of(String cluster) {
        return new Demand(cluster, this);
    }

    void tell(String cluster) {
        listener.accept(cluster);
    }
}
