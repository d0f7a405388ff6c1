package io.inmesh.server.time;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * Instants that pass at the pace of a monotonic clock, whoever sets the machine's: for how long something lasts or has lasted in this process, and
 * never for dates. Safe for use by several threads.
 */
public final class SteadyClock implements InstantSource {

    private final LongSupplier nanos;
    private final long began;

    /**
     * A clock that begins now.
     *
     * @param nanos monotonic time in nanoseconds
     */
    public SteadyClock(LongSupplier nanos) {
        this.nanos = nanos;
        this.began = nanos.getAsLong();
    }

    /** {@return one that goes by the machine's monotonic clock} */
    public static SteadyClock system() {
        return new SteadyClock(System::nanoTime);
    }

    /** {@return the time since this clock began, as an instant after 1970-01-01} */
    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(nanos.getAsLong() - began);
    }
}
