package io.inmesh.time;

/** Arithmetic of monotonic deadlines, where {@link Long#MAX_VALUE} means never and clocks may start anywhere. */
public final class Deadlines {

    /** No deadline. */
    public static final long NEVER = Long.MAX_VALUE;

    private Deadlines() {}

    /** {@return the earlier of two deadlines} */
    public static long earlier(long a, long b) {
        if (a == NEVER) {
            return b;
        }
        if (b == NEVER) {
            return a;
        }
        return a - b <= 0 ? a : b;
    }

    /**
     * {@return the deadline that lies a time span after now}
     *
     * @param spanNanos not negative; {@link #NEVER} for no deadline
     */
    public static long after(long nowNanos, long spanNanos) {
        return spanNanos == NEVER ? NEVER : nowNanos + spanNanos;
    }

    /** {@return whether the deadline has been reached} */
    public static boolean passed(long deadlineNanos, long nowNanos) {
        return deadlineNanos != NEVER && deadlineNanos - nowNanos <= 0;
    }

    /** {@return time left, 0 if none, {@link #NEVER} without deadline} */
    public static long remaining(long deadlineNanos, long nowNanos) {
        return deadlineNanos == NEVER ? NEVER : Math.max(0, deadlineNanos - nowNanos);
    }
}
