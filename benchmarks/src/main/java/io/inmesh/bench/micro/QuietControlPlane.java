package io.inmesh.bench.micro;

import io.inmesh.live.LiveRequests;
import io.inmesh.live.TapFilter;
import io.inmesh.spi.ControlPlane;
import io.inmesh.spi.ControlPlaneStatus;
import io.inmesh.spi.MeshLink;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A control plane that brings nothing; calls of its mesh can be watched. */
final class QuietControlPlane implements ControlPlane {

    private static final int SHOWN_PER_SECOND = 10;

    private LiveRequests live = LiveRequests.OFF;

    @Override
    public void start(MeshLink mesh) {
        live = mesh.live();
    }

    /** Begins to watch as meshctl tap does, without a filter. */
    void tap() {
        if (live.tap(TapFilter.ALL, SHOWN_PER_SECOND, seen -> {}) == null) {
            throw new IllegalStateException("there are too many taps");
        }
    }

    @Override
    public void serve(Map<String, Integer> ports) {}

    @Override
    public CompletionStage<Void> drain() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public ControlPlaneStatus status() {
        return new ControlPlaneStatus(true, Instant.EPOCH, "nowhere", Map.of(), null, List.of(), null, null);
    }

    @Override
    public void close() {}
}
