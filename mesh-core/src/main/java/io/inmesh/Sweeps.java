package io.inmesh;

import io.inmesh.cluster.Cluster;
import io.inmesh.time.Scheduler;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Gives outlier detection its sweeps. One timer for all clusters, every second; each cluster sweeps when its own interval has passed. Starts
 * with the first config that can eject, so a mesh without outlier detection has no timer.
 */
final class Sweeps {

    private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ConfigApplier configs;
    private final Scheduler scheduler;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile boolean closed;

    Sweeps(ConfigApplier configs, Scheduler scheduler) {
        this.configs = configs;
        this.scheduler = scheduler;
    }

    /** Starts if the config in use needs it. */
    void startIfNeeded() {
        if (needed() && running.compareAndSet(false, true)) {
            scheduler.schedule(this::tick, TICK_NANOS);
        }
    }

    void close() {
        closed = true;
    }

    private void tick() {
        if (closed) {
            return;
        }
        for (Cluster cluster : configs.snapshot().clusters()) {
            cluster.outlierDetection().sweepIfDue();
        }
        scheduler.schedule(this::tick, TICK_NANOS);
    }

    private boolean needed() {
        for (Cluster cluster : configs.snapshot().clusters()) {
            if (cluster.config().outlierDetection().enabled()) {
                return true;
            }
        }
        return false;
    }
}
