package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import io.inmesh.limit.ConnectionTurn;
import org.jspecify.annotations.Nullable;

/**
 * What an attempt needs beside the usual if it waits for a connection behind others, or if another may be under way with it. Of its own,
 * since most attempts neither wait nor have company.
 */
final class Company {

    private final long hedgeDelayNanos;
    private final @Nullable OutboundAttempt slow;
    private final @Nullable ConnectionTurn turn;
    private volatile @Nullable Outcome report;

    /**
     * Makes what an attempt needs.
     *
     * @param hedgeDelayNanos how long it may take before it is hedged
     * @param slow the attempt it hedges; null if it is none itself
     * @param turn its place among those that wait for a connection; null if it does not wait
     */
    Company(long hedgeDelayNanos, @Nullable OutboundAttempt slow, @Nullable ConnectionTurn turn) {
        this.hedgeDelayNanos = hedgeDelayNanos;
        this.slow = slow;
        this.turn = turn;
    }

    long hedgeDelayNanos() {
        return hedgeDelayNanos;
    }

    @Nullable
    OutboundAttempt slow() {
        return slow;
    }

    @Nullable
    ConnectionTurn turn() {
        return turn;
    }

    /** Leaves the outcome for whoever decides, told by a thread that found another deciding. */
    void report(Outcome outcome) {
        report = outcome;
    }

    @Nullable
    Outcome reported() {
        return report;
    }
}
