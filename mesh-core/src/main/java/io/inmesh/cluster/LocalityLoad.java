package io.inmesh.cluster;

import java.util.concurrent.atomic.LongAdder;

/** Counts attempts sent to the endpoints of one cluster in one locality, since the mesh started. */
public final class LocalityLoad {

    private final String locality;
    private final LongAdder started = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder ignored = new LongAdder();
    private final LongAdder plaintext = new LongAdder();

    LocalityLoad(String locality) {
        this.locality = locality;
    }

    /** {@return the locality, {@code region/zone/subzone}, empty if unknown} */
    public String locality() {
        return locality;
    }

    /**
     * Counts an attempt that is being sent.
     *
     * @param secure whether the mesh secures its connection
     */
    public void start(boolean secure) {
        started.increment();
        if (!secure) {
            plaintext.increment();
        }
    }

    /** Counts the end of an attempt that went well. */
    public void succeed() {
        succeeded.increment();
    }

    /** Counts the end of an attempt that failed. */
    public void fail() {
        failed.increment();
    }

    /** Counts the end of an attempt of which nothing can be learned. */
    public void ignore() {
        ignored.increment();
    }

    long inProgress() {
        long ended = succeeded.sum() + failed.sum() + ignored.sum();
        return Math.max(0, started.sum() - ended);
    }

    /** {@return the counters now; taken one after the other, so they may disagree by what happens meanwhile} */
    Counts counts() {
        // Ends before starts, so that there is never more ended than started.
        long succeededNow = succeeded.sum();
        long failedNow = failed.sum();
        long ignoredNow = ignored.sum();
        return new Counts(started.sum(), succeededNow, failedNow, ignoredNow, plaintext.sum());
    }

    /**
     * Counters of one locality.
     *
     * @param started attempts sent
     * @param succeeded attempts that went well
     * @param failed attempts that failed
     * @param ignored attempts of which nothing can be learned, such as cancelled ones
     * @param plaintext attempts sent over connections that the mesh does not secure
     */
    public record Counts(long started, long succeeded, long failed, long ignored, long plaintext) {
        static final Counts ZERO = new Counts(0, 0, 0, 0, 0);

        /** {@return attempts that have not ended} */
        public long inProgress() {
            return started - succeeded - failed - ignored;
        }

        Counts minus(Counts before) {
            return new Counts(
                    started - before.started,
                    succeeded - before.succeeded,
                    failed - before.failed,
                    ignored - before.ignored,
                    plaintext - before.plaintext);
        }
    }
}
