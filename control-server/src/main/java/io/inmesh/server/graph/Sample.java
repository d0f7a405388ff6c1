package io.inmesh.server.graph;

import java.time.Instant;
import java.util.Set;
import java.util.function.LongPredicate;

/**
 * What came of the requests to one destination, for whoever judges it: attempts as they were sent, so that what retries made good counts,
 * and those that could not be sent because of the destination. Durations are still by bucket.
 */
public final class Sample {

    /** Refusals by the caller's mesh that are about the destination; others are about the caller, or made on purpose. */
    private static final Set<String> OF_DESTINATION =
            Set.of("no_cluster", "no_endpoint", "circuit_open", "overflow", "throttled", "no_peer_identity");

    private final long good;
    private final long bad;
    private final long[] durations;
    private final Instant lastSeen;

    private Sample(long good, long bad, long[] durations, Instant lastSeen) {
        this.good = good;
        this.bad = bad;
        this.durations = durations;
        this.lastSeen = lastSeen;
    }

    /** {@return what a reading counts, taken together} */
    public static Sample of(Reading reading) {
        long[] dense = new long[Cells.COUNT];
        Instant lastSeen = Instant.EPOCH;
        for (Reading.Entry entry : reading.entries()) {
            Packed.addTo(dense, entry.counts());
            lastSeen = entry.lastSeen().isAfter(lastSeen) ? entry.lastSeen() : lastSeen;
        }
        Figures figures = Figures.of(Packed.of(dense));
        long refused = figures.calls().reasons().entrySet().stream()
                .filter(reason -> OF_DESTINATION.contains(reason.getKey()))
                .mapToLong(reason -> reason.getValue())
                .sum();
        long[] durations = new long[DurationBuckets.COUNT];
        for (int family : new int[] {Cells.ONCE, Cells.ATTEMPT}) {
            for (int bucket = 0; bucket < durations.length; bucket++) {
                int cell = family * Cells.PER_FAMILY + bucket;
                durations[bucket] += dense[cell + Cells.OK] + dense[cell + Cells.FAILED];
            }
        }
        return new Sample(figures.attempts().good(), figures.attempts().failed() + refused, durations, lastSeen);
    }

    /** {@return requests that were answered well, or badly, or not at all; what the caller gave up is none of them} */
    public long requests() {
        return good + bad;
    }

    /** {@return those that failed: HTTP 5xx, gRPC statuses other than OK, no answer, nobody to send them to} */
    public long failed() {
        return bad;
    }

    /** {@return when a report told of any last; {@link Instant#EPOCH} if none did} */
    public Instant lastSeen() {
        return lastSeen;
    }

    /** {@return how many durations are known} */
    public long timed() {
        long total = 0;
        for (long count : durations) {
            total += count;
        }
        return total;
    }

    /** {@return how many took that long or longer for certain, by the bounds of their buckets} */
    public long slowerThan(double millis) {
        long slower = 0;
        for (int bucket = 0; bucket < durations.length; bucket++) {
            slower += DurationBuckets.lowerNanos(bucket) >= millis * 1e6 ? durations[bucket] : 0;
        }
        return slower;
    }

    /** {@return the duration that a share of all did not exceed, in milliseconds, at most an eighth off; NaN if none is known} */
    public double quantile(double share) {
        long rank = Math.max(1, (long) Math.ceil(share * timed()));
        long seen = 0;
        for (int bucket = 0; bucket < durations.length; bucket++) {
            seen += durations[bucket];
            if (seen >= rank) {
                return DurationBuckets.millis(bucket);
            }
        }
        return Double.NaN;
    }

    /**
     * {@return the shortest duration, in milliseconds, that enough requests certainly did not exceed; NaN if they never are enough}
     *
     * @param enough whether so many are
     */
    public double shortestNotExceededBy(LongPredicate enough) {
        long seen = 0;
        for (int bucket = 0; bucket < durations.length - 1; bucket++) {
            seen += durations[bucket];
            if (enough.test(seen)) {
                return DurationBuckets.lowerNanos(bucket + 1) / 1e6;
            }
        }
        return Double.NaN;
    }
}
