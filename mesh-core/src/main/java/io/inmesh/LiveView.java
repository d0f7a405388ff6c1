package io.inmesh;

import io.inmesh.config.MeshConfig;
import io.inmesh.inbound.InboundTraffic;
import io.inmesh.limit.ConcurrencyLimit;
import io.inmesh.observe.MeshView;
import io.inmesh.spi.ControlPlane;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mesh as its instruments see it. */
record LiveView(ConfigApplier configs, @Nullable ControlPlane controlPlane) implements MeshView {

    @Override
    public MeshConfig config() {
        return configs.snapshot().config();
    }

    @Override
    public @Nullable Instant configAppliedAt() {
        return configs.appliedAt();
    }

    @Override
    public List<LiveCluster> clusters() {
        return configs.snapshot().clusters().stream().map(LiveCluster::new).toList();
    }

    @Override
    public @Nullable ConcurrencyLimit inboundConcurrency() {
        InboundTraffic traffic = configs.snapshot().inbound().traffic();
        return traffic == null ? null : traffic.concurrency();
    }

    @Override
    public @Nullable Boolean controlPlaneConnected() {
        return controlPlane == null ? null : controlPlane.status().connected();
    }
}
