package io.inmesh.balance;

/**
 * How much load this process puts on a group of endpoints, estimated from how often it picks and how long servers take. Written by many
 * threads without care: a lost update makes an estimate a little older.
 */
final class OwnLoad {

    private static final double STEP = 1 / 16.0;
    /** Silence longer than this counts as this much, so that a busy time after it is seen soon. */
    private static final double LONGEST_GAP_NANOS = 10e9;

    private volatile long lastPickNanos;
    private volatile double gapNanos = LONGEST_GAP_NANOS;
    private volatile double serviceNanos;

    OwnLoad(long nowNanos) {
        lastPickNanos = nowNanos;
    }

    void picked(long nowNanos) {
        double gap = Math.min(LONGEST_GAP_NANOS, Math.max(0, nowNanos - lastPickNanos));
        lastPickNanos = nowNanos;
        // The first gaps are taken as they are: from the longest gap it would take a hundred picks to come down.
        gapNanos = gapNanos > 4 * gap ? 4 * gap : gapNanos + (gap - gapNanos) * STEP;
    }

    void served(long serviceTimeNanos) {
        double before = serviceNanos;
        serviceNanos = before == 0 ? serviceTimeNanos : before + (serviceTimeNanos - before) * STEP;
    }

    /** {@return mean time between two picks} */
    double gapNanos() {
        return gapNanos;
    }

    /** {@return mean number of own requests being served, by Little's law} */
    double requests() {
        return serviceNanos / Math.max(1, gapNanos);
    }
}
