package io.inmesh.observe;

import io.inmesh.config.MeshConfig;
import io.inmesh.limit.ConcurrencyLimit;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What instruments read of a mesh: after each config, and gauges whenever metrics are collected. Reading must be cheap and must not block. */
public interface MeshView {

    /** {@return the config in use} */
    MeshConfig config();

    /** {@return when it was put in use, null while there is none} */
    @Nullable
    Instant configAppliedAt();

    /** {@return the clusters of that config} */
    Collection<? extends ClusterView> clusters();

    /** {@return the limit on requests in flight from others, null if there is none} */
    @Nullable
    ConcurrencyLimit inboundConcurrency();

    /** {@return whether the control plane hears from a server now, null without control plane} */
    @Nullable
    Boolean controlPlaneConnected();
}
