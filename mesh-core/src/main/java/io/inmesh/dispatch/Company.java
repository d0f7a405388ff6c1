package io.inmesh.dispatch;

import io.inmesh.call.Outcome;
import org.jspecify.annotations.Nullable;

/** What an attempt needs beside the usual if another may be under way with it. Of its own, since most attempts are alone. */
final class Company {

    private final long hedgeDelayNanos;
    private final @Nullable OutboundAttempt slow;
    private volatile @Nullable Outcome report;

    /**
     * Makes what an attempt needs.
     *
     * @param hedgeDelayNanos how long it may take before it is hedged
     * @param slow the attempt it hedges; null if it is none itself
     */
    Company(long hedgeDelayNanos, @Nullable OutboundAttempt slow) {
        this.hedgeDelayNanos = hedgeDelayNanos;
        this.slow = slow;
    }

    long hedgeDelayNanos() {
        return hedgeDelayNanos;
    }

    @Nullable
    OutboundAttempt slow() {
        return slow;
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
