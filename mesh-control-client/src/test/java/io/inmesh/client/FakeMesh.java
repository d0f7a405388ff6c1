package io.inmesh.client;

import io.inmesh.config.MeshConfig;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.live.LiveRequests;
import io.inmesh.snapshot.Problem;
import io.inmesh.snapshot.SnapshotCompiler;
import io.inmesh.spi.ApplyResult;
import io.inmesh.spi.LoadReport;
import io.inmesh.spi.MeshLink;
import io.inmesh.spi.MeshStatus;
import io.inmesh.testkit.FakeClock;
import io.inmesh.testkit.FakeScheduler;
import io.inmesh.time.Clock;
import io.inmesh.time.Scheduler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A mesh that notes what it is given, in time that stands still. It checks configs as the real one does. */
final class FakeMesh implements MeshLink {

    private static final long PATIENCE_SECONDS = 60;

    final FakeClock clock = new FakeClock();
    final FakeScheduler time = new FakeScheduler(clock);
    final BlockingQueue<MeshConfig> applied = new LinkedBlockingQueue<>();
    final LiveRequests live = new LiveRequests(clock, bound -> bound - 1);
    volatile LoadReport load = new LoadReport(Duration.ZERO, List.of(), List.of());
    private volatile Consumer<String> demands = cluster -> {};
    private final BlockingQueue<Long> delays = new LinkedBlockingQueue<>();
    private final IdentityHolder identity = new IdentityHolder(clock);

    @Override
    public ApplyResult apply(MeshConfig config) {
        List<Problem> problems = SnapshotCompiler.check(config);
        if (problems.isEmpty()) {
            applied.add(config);
        }
        return new ApplyResult(problems.isEmpty(), config.version(), problems);
    }

    @Override
    public void onDemand(Consumer<String> listener) {
        demands = listener;
    }

    /** A call is about to be sent to a cluster. */
    void call(String cluster) {
        demands.accept(cluster);
    }

    /** {@return the next config that is put in use} */
    MeshConfig nextConfig() throws InterruptedException {
        MeshConfig config = applied.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (config == null) {
            throw new AssertionError("no config was put in use");
        }
        return config;
    }

    @Override
    public IdentityHolder identity() {
        return identity;
    }

    @Override
    public LoadReport takeLoadReport() {
        return load;
    }

    @Override
    public LiveRequests live() {
        return live;
    }

    @Override
    public MeshStatus status() {
        throw new UnsupportedOperationException("nobody asks");
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Scheduler scheduler() {
        return (task, delayNanos) -> {
            Scheduler.Cancellable handle = time.schedule(task, delayNanos);
            delays.add(delayNanos);
            return handle;
        };
    }

    /** {@return the next delay in a range that something is put off by, once it is; others are passed over} */
    Duration nextDelay(Duration least, Duration most) throws InterruptedException {
        while (true) {
            Long nanos = delays.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (nanos == null) {
                throw new AssertionError("nothing was put off by " + least + " to " + most);
            }
            if (nanos >= least.toNanos() && nanos <= most.toNanos()) {
                return Duration.ofNanos(nanos);
            }
        }
    }
}
