package io.inmesh.time;

/**
 * Where the core learns what time it is. Decisions use {@link #nanos()} only, so a stepped wall clock changes nothing.
 */
public interface Clock {

    /** The clocks of this machine. */
    Clock SYSTEM = new Clock() {
        @Override
        public long nanos() {
            return System.nanoTime();
        }

        @Override
        public long epochMillis() {
            return System.currentTimeMillis();
        }
    };

    /** {@return monotonic time in nanoseconds from an arbitrary origin; compare by subtraction only} */
    long nanos();

    /** {@return wall-clock time in milliseconds since 1970 UTC, for display and certificate validity only} */
    long epochMillis();
}
