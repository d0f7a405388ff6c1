package io.inmesh.load;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Measures the load of this process as a server: requests in flight, and how long requests took that arrived at about as many. Lock-free;
 * a measurement costs two atomic additions and one write.
 *
 * <p>Source: Prequal's server-side latency estimate. Requests are sorted by the number in flight when they arrived, in steps of powers of two;
 * of each step the last few are kept.
 */
public final class LoadMeter {

    /** Steps 0, 1, 2-3, 4-7 and so on up to 2^15 and more. */
    private static final int STEPS = 17;
    /** Requests kept of each step. */
    private static final int KEPT = 16;
    /** A step that nobody arrived at for this long tells nothing about now. */
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicLongArray times = new AtomicLongArray(STEPS * KEPT);
    private final AtomicLongArray counts = new AtomicLongArray(STEPS);
    private final AtomicLongArray endedNanos = new AtomicLongArray(STEPS);
    private volatile boolean asked;
    private volatile double utilization = ServerLoad.NOT_SAID;

    /** Makes a meter of a server without requests. */
    public LoadMeter() {}

    /** {@return requests in flight before this one, to be handed back at its end} */
    public int begin() {
        return inFlight.getAndIncrement();
    }

    /**
     * Ends a request.
     *
     * @param arrivedAt what {@link #begin} returned
     * @param tookNanos how long it took; not taken into account unless it went well, since errors are fast
     * @param nowNanos monotonic time
     */
    public void end(int arrivedAt, long tookNanos, boolean succeeded, long nowNanos) {
        inFlight.decrementAndGet();
        // While nobody asks, nothing is measured but what is in flight.
        if (succeeded && asked) {
            int step = step(arrivedAt);
            int place = (int) (counts.getAndIncrement(step) % KEPT);
            // At least 1: 0 means that nothing is known.
            times.set(step * KEPT + place, Math.max(1, tookNanos));
            endedNanos.set(step, nowNanos);
        }
    }

    /** Sets what the application says about how busy it is: 0 for idle, 1 for as much as it can do; negative for not saying any more. */
    public void utilization(double share) {
        utilization = share;
    }

    /** {@return the load now} */
    public ServerLoad now(long nowNanos) {
        return now(nowNanos, 0);
    }

    /** {@return the load now, without some requests that are about to end} */
    public ServerLoad now(long nowNanos, int ending) {
        if (!asked) {
            asked = true;
        }
        int requests = Math.max(0, inFlight.get() - ending);
        return new ServerLoad(requests, median(nearest(step(requests), nowNanos)), utilization);
    }

    /** {@return the step next to one that was measured lately; if none was, the one measured last} */
    private int nearest(int step, long nowNanos) {
        int latest = -1;
        for (int distance = 0; distance < STEPS; distance++) {
            for (int candidate = step - distance;
                    candidate <= step + distance;
                    candidate += Math.max(1, 2 * distance)) {
                if (candidate < 0 || candidate >= STEPS || counts.get(candidate) == 0) {
                    continue;
                }
                if (nowNanos - endedNanos.get(candidate) <= STALE_NANOS) {
                    return candidate;
                }
                if (latest < 0 || endedNanos.get(candidate) - endedNanos.get(latest) > 0) {
                    latest = candidate;
                }
            }
        }
        return latest;
    }

    private long median(int step) {
        if (step < 0) {
            return ServerLoad.UNKNOWN;
        }
        long[] sorted = new long[(int) Math.min(KEPT, counts.get(step))];
        int known = 0;
        for (int i = 0; i < sorted.length; i++) {
            long time = times.get(step * KEPT + i);
            if (time > 0) {
                sorted[known++] = time;
            }
        }
        Arrays.sort(sorted, 0, known);
        return known == 0 ? ServerLoad.UNKNOWN : sorted[known / 2];
    }

    private static int step(int requests) {
        return Math.min(STEPS - 1, Integer.SIZE - Integer.numberOfLeadingZeros(Math.max(0, requests)));
    }
}
