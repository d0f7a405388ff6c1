package io.inmesh.bench.graph;

import io.inmesh.server.time.Timer;
import java.time.Duration;

/** Time that passes when told to. */
final class StoppedTime implements Timer {

    private long nanos;

    void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    @Override
    public long nanoTime() {
        return nanos;
    }

    @Override
    public Cancellable schedule(Duration delay, Runnable task) {
        throw new UnsupportedOperationException();
    }
}
