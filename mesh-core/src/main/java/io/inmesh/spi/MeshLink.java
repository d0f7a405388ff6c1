package io.inmesh.spi;

import io.inmesh.config.MeshConfig;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.live.LiveRequests;
import io.inmesh.observe.MeshObserver;
import io.inmesh.time.Clock;
import io.inmesh.time.Scheduler;
import java.util.function.Consumer;

/** What a control plane may use of the mesh it serves. Thread-safe. */
public interface MeshLink {

    /** {@return what became of a config; it is applied as a whole or not at all} */
    ApplyResult apply(MeshConfig config);

    /** {@return where identities are put} */
    IdentityHolder identity();

    /** {@return what was sent since this was asked last; one asker only, since asking resets the counters} */
    LoadReport takeLoadReport();

    /** {@return what shows requests as they end} */
    LiveRequests live();

    /** {@return what the mesh believes} */
    MeshStatus status();

    /** {@return who is told what happens; what it throws has been dealt with} */
    default MeshObserver observer() {
        return MeshObserver.NONE;
    }

    /**
     * Has a listener told which clusters are about to be called whose endpoints are {@linkplain
     * io.inmesh.config.ClusterConfig#deferred deferred}; calls wait for a config that has them, for 5 s at most.
     *
     * @param listener gets names of clusters, on threads of callers, so it must not block; a name may come again
     */
    default void onDemand(Consumer<String> listener) {}

    /** {@return the mesh's clock} */
    Clock clock();

    /** {@return the mesh's timer} */
    Scheduler scheduler();
}
