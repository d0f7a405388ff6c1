package io.inmesh;

import io.inmesh.cluster.Cluster;
import io.inmesh.config.MeshConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.EjectionReason;
import io.inmesh.health.OutlierDetection;
import io.inmesh.limit.BreakerState;
import io.inmesh.observe.MeshObserver;
import io.inmesh.snapshot.Compiled;
import io.inmesh.snapshot.Problem;
import io.inmesh.snapshot.Snapshot;
import io.inmesh.snapshot.SnapshotCompiler;
import io.inmesh.spi.ApplyResult;
import io.inmesh.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts configs in use: one writer at a time compiles, one volatile write publishes. A config that cannot be compiled changes nothing.
 */
final class ConfigApplier {

    private static final Logger LOG = LoggerFactory.getLogger(ConfigApplier.class);

    private final Clock clock;
    private final SnapshotCompiler compiler;
    private final MeshObserver observer;
    private final OutlierDetection.Listener ejections;
    private final List<Consumer<Endpoint>> removalListeners = new CopyOnWriteArrayList<>();
    private final ReentrantLock writer = new ReentrantLock();
    private volatile Snapshot snapshot;
    private volatile @Nullable Instant appliedAt;

    ConfigApplier(Clock clock, SnapshotCompiler compiler, MeshObserver observer) {
        this.clock = clock;
        this.compiler = compiler;
        this.observer = observer;
        this.ejections = new TellEjections(observer);
        Compiled empty = compiler.compile(MeshConfig.EMPTY, null);
        this.snapshot = ((Compiled.Ok) empty).snapshot();
    }

    /** {@return what is in use; read once per call} */
    Snapshot snapshot() {
        return snapshot;
    }

    /** {@return when that was put in use, null while nothing has been applied} */
    @Nullable
    Instant appliedAt() {
        return appliedAt;
    }

    AutoCloseable onEndpointRemoved(Consumer<Endpoint> listener) {
        removalListeners.add(listener);
        return () -> removalListeners.remove(listener);
    }

    ApplyResult apply(MeshConfig config) {
        long started = clock.nanos();
        Compiled compiled;
        writer.lock();
        try {
            compiled = compiler.compile(config, snapshot);
            if (compiled instanceof Compiled.Ok ok) {
                publish(ok.snapshot());
            }
        } finally {
            writer.unlock();
        }
        // Outside the lock, so that whoever is told may apply a config in turn.
        if (compiled instanceof Compiled.Ok ok) {
            observer.configApplied(config.version(), clock.nanos() - started);
            ok.removed().forEach(this::tellRemoved);
            return new ApplyResult(true, config.version(), List.of());
        }
        List<Problem> problems = ((Compiled.Invalid) compiled).problems();
        List<String> texts = problems.stream().map(Problem::toString).toList();
        LOG.warn("Config {} is refused and {} stays in use: {}", config.version(), snapshot.version(), texts);
        observer.configRejected(config.version(), texts);
        return new ApplyResult(false, config.version(), problems);
    }

    private void publish(Snapshot next) {
        Snapshot before = snapshot;
        for (Cluster cluster : next.clusters()) {
            // The same object has the same members; most clusters of most configs are.
            if (before.cluster(cluster.name()) != cluster) {
                cluster.outlierDetection().listener(ejections);
                cluster.limits().listener((from, to) -> tellBreaker(cluster.name(), from, to));
                cluster.outlierDetection().members(cluster.endpoints());
            }
        }
        snapshot = next;
        for (Cluster cluster : next.clusters()) {
            if (before.cluster(cluster.name()) != cluster) {
                cluster.inUse();
            }
        }
        appliedAt = Instant.ofEpochMilli(clock.epochMillis());
    }

    private void tellBreaker(String cluster, BreakerState from, BreakerState to) {
        LOG.info("The breaker of cluster {} went from {} to {}", cluster, from, to);
        observer.breakerChanged(cluster, from, to);
    }

    private void tellRemoved(Endpoint endpoint) {
        for (Consumer<Endpoint> listener : removalListeners) {
            try {
                listener.accept(endpoint);
            } catch (RuntimeException e) {
                LOG.warn("A listener failed on the removal of {}; the endpoint is gone all the same", endpoint, e);
            }
        }
    }

    /** Passes on what outlier detection does. */
    private record TellEjections(MeshObserver observer) implements OutlierDetection.Listener {

        @Override
        public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {
            LOG.info("{} of cluster {} is out of rotation: {}", endpoint, endpoint.cluster(), why);
            observer.ejected(endpoint, reason, durationNanos, why);
        }

        @Override
        public void returned(Endpoint endpoint) {
            LOG.info("{} of cluster {} is back in rotation", endpoint, endpoint.cluster());
            observer.returned(endpoint);
        }
    }
}
