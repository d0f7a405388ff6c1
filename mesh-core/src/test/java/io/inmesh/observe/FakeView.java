package io.inmesh.observe;

import io.inmesh.config.MeshConfig;
import io.inmesh.limit.ConcurrencyLimit;
import java.time.Instant;
import java.util.Collection;

/** A mesh to look at, whose parts a test sets. */
final class FakeView implements MeshView {

    private final Collection<? extends ClusterView> clusters;
    MeshConfig config = MeshConfig.EMPTY;
    Instant appliedAt;
    Boolean connected;

    FakeView(Collection<? extends ClusterView> clusters) {
        this.clusters = clusters;
    }

    @Override
    public MeshConfig config() {
        return config;
    }

    @Override
    public Instant configAppliedAt() {
        return appliedAt;
    }

    @Override
    public Collection<? extends ClusterView> clusters() {
        return clusters;
    }

    @Override
    public ConcurrencyLimit inboundConcurrency() {
        return null;
    }

    @Override
    public Boolean controlPlaneConnected() {
        return connected;
    }
}
