package io.inmesh.limit;

import java.util.concurrent.atomic.AtomicLong;

/** Counts work in flight against a limit that may change meanwhile. Lock-free; never exceeds the limit, not even briefly. */
final class InFlight {

    private final AtomicLong count = new AtomicLong();

    boolean tryBegin(long limit) {
        while (true) {
            long now = count.get();
            if (now >= limit) {
                return false;
            }
            if (count.compareAndSet(now, now + 1)) {
                return true;
            }
        }
    }

    void end() {
        count.decrementAndGet();
    }

    long count() {
        return count.get();
    }
}
