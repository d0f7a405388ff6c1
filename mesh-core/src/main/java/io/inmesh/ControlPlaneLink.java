package io.inmesh;

import io.inmesh.config.MeshConfig;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.live.LiveRequests;
import io.inmesh.observe.MeshObserver;
import io.inmesh.spi.ApplyResult;
import io.inmesh.spi.LoadReport;
import io.inmesh.spi.MeshLink;
import io.inmesh.spi.MeshStatus;
import io.inmesh.time.Clock;
import io.inmesh.time.Scheduler;
import java.util.function.Consumer;

/** What a control plane gets of a mesh. */
record ControlPlaneLink(Mesh mesh) implements MeshLink {

    @Override
    public ApplyResult apply(MeshConfig config) {
        return mesh.apply(config);
    }

    @Override
    public IdentityHolder identity() {
        return mesh.identity();
    }

    @Override
    public LoadReport takeLoadReport() {
        return mesh.loadReport();
    }

    @Override
    public LiveRequests live() {
        return mesh.live();
    }

    @Override
    public MeshStatus status() {
        return mesh.status();
    }

    @Override
    public MeshObserver observer() {
        return mesh.observer();
    }

    @Override
    public void onDemand(Consumer<String> listener) {
        mesh.demands().listener(listener);
    }

    @Override
    public Clock clock() {
        return mesh.clock();
    }

    @Override
    public Scheduler scheduler() {
        return mesh.scheduler();
    }
}
