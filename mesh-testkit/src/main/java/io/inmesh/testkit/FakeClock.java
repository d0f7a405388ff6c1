package io.inmesh.testkit;

import io.inmesh.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is told to move. Thread-safe. */
public final class FakeClock implements Clock {

    private final AtomicLong nanos;
    private final AtomicLong epochMillis;

    /** Starts at 2026-01-01T00:00:00Z. */
    public FakeClock() {
        this(Instant.parse("2026-01-01T00:00:00Z"));
    }

    /** Starts at the given wall-clock time. */
    public FakeClock(Instant start) {
        // Not zero, so that a time mistaken for a duration is noticed.
        nanos = new AtomicLong(Duration.ofDays(1).toNanos());
        epochMillis = new AtomicLong(start.toEpochMilli());
    }

    @Override
    public long nanos() {
        return nanos.get();
    }

    @Override
    public long epochMillis() {
        return epochMillis.get();
    }

    /** Moves both times forward. */
    public void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
        epochMillis.addAndGet(time.toMillis());
    }

    /** Moves both times forward; the wall clock by whole milliseconds. */
    public void advanceNanos(long time) {
        advance(Duration.ofNanos(time));
    }

    /** Sets the wall clock and leaves monotonic time alone, as an administrator or NTP would. */
    public void stepWallClock(Instant time) {
        epochMillis.set(time.toEpochMilli());
    }
}
