package io.inmesh.live;

import io.inmesh.time.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Somebody who watches requests for a while. Never sees more of them a second than it may; the others are counted. Thread-safe. */
public final class Tap implements AutoCloseable {

    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final LiveRequests view;
    private final Clock clock;
    private final TapFilter filter;
    private final int perSecond;
    private final Consumer<SeenRequest> sink;
    private final AtomicLong skipped = new AtomicLong();
    // Guarded by this; whoever comes second in the same moment does not wait long.
    private long secondBegan;
    private int seenInSecond;

    Tap(LiveRequests view, Clock clock, TapFilter filter, int perSecond, Consumer<SeenRequest> sink) {
        this.view = view;
        this.clock = clock;
        this.filter = filter;
        this.perSecond = perSecond;
        this.sink = sink;
        this.secondBegan = clock.nanos();
    }

    void offer(SeenRequest seen, boolean failed) {
        if (!filter.matches(seen, failed)) {
            return;
        }
        if (taken()) {
            sink.accept(seen);
        } else {
            skipped.incrementAndGet();
        }
    }

    private synchronized boolean taken() {
        long now = clock.nanos();
        if (now - secondBegan >= SECOND) {
            secondBegan = now;
            seenInSecond = 0;
        }
        if (seenInSecond >= perSecond) {
            return false;
        }
        seenInSecond++;
        return true;
    }

    /** {@return how many requests it would have wanted to see but was not shown} */
    public long skipped() {
        return skipped.get();
    }

    /** Ends it. */
    @Override
    public void close() {
        view.remove(this);
    }
}
