package io.inmesh.limit;

import io.inmesh.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock of the JDK's kind that goes by monotonic time, so that stepping the wall clock neither opens nor closes a breaker. */
final class MonotonicClock extends java.time.Clock {

    private final Clock clock;
    private final long originNanos;

    MonotonicClock(Clock clock) {
        this.clock = clock;
        this.originNanos = clock.nanos();
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochSecond(0, clock.nanos() - originNanos);
    }

    @Override
    public long millis() {
        return (clock.nanos() - originNanos) / 1_000_000;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public java.time.Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("a monotonic clock has no zones");
    }
}
