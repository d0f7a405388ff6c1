package io.inmesh.limit;

import io.inmesh.config.ConcurrencyConfig;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many requests in flight are good for a process, learned from how long they take.
 *
 * <p>Latency under little load is the <i>baseline</i>. When requests take longer than a multiple of it, they are queueing somewhere, and
 * the limit shrinks in proportion; otherwise it grows by a few. That is the rule of Netflix' {@code Gradient2Limit}, and three things
 * keep it from that rule's known ends (Netflix/concurrency-limits, issues 134 and 176):
 *
 * <ul>
 *   <li>It does not grow without end: the baseline rises only while the limit is not felt, or where it cannot shrink further. Latency
 *       that the limit itself has caused never becomes normal.
 *   <li>It does not collapse: where a smaller limit does not make requests faster, it reaches its lower bound, the baseline rises to
 *       what requests really take, and the limit grows again. Quick errors count for nothing.
 *   <li>It is not changed by what little traffic shows: without enough requests at once to fill half of it, it stays.
 * </ul>
 *
 * <p>A window is as many requests as the limit, and at least 20 and 50 ms: about as long as one request takes, by Little's law, and
 * the larger the limit the less chance there is in its mean. Samples are taken without locks, so a window may miss a few of them.
 */
final class LatencyGradient {

    private static final long WINDOW_NANOS = 50_000_000;
    private static final int WINDOW_REQUESTS = 20;
    /** Requests that may queue when nothing is slow; Gradient2's. */
    private static final double HEADROOM = 4;
    /** Weight of one window in the limit; Gradient2's. */
    private static final double SMOOTHING = 0.2;
    /** Weight of one window in the baseline. */
    private static final double BASELINE_SMOOTHING = 0.1;
    /** The limit at most halves; Gradient2's. */
    private static final double STEEPEST = 0.5;

    private final ConcurrencyConfig config;
    private final AtomicLong sumNanos = new AtomicLong();
    private final AtomicLong count = new AtomicLong();
    private final AtomicBoolean updating = new AtomicBoolean();
    private volatile long windowEndNanos;
    private volatile long peak;
    private volatile boolean refused;
    private volatile double limit;
    private volatile double baselineNanos;

    LatencyGradient(ConcurrencyConfig config, long nowNanos) {
        this.config = config;
        this.limit = config.initialLimit();
        this.windowEndNanos = nowNanos + WINDOW_NANOS;
    }

    int limit() {
        return (int) limit;
    }

    /** {@return what requests take under little load, 0 while that is not known} */
    double baselineNanos() {
        return baselineNanos;
    }

    /** Tells how many requests are in flight with the one that begins. */
    void inFlight(long requests) {
        if (requests > peak) {
            peak = requests;
        }
    }

    /** Tells that a request was refused. */
    void refused() {
        if (!refused) {
            refused = true;
        }
    }

    void ended(long nowNanos, long durationNanos, boolean succeeded) {
        if (!succeeded && durationNanos < baselineNanos) {
            return;
        }
        sumNanos.addAndGet(durationNanos);
        long requests = count.incrementAndGet();
        if (requests >= Math.max(WINDOW_REQUESTS, limit)
                && nowNanos - windowEndNanos >= 0
                && updating.compareAndSet(false, true)) {
            try {
                closeWindow(nowNanos);
            } finally {
                updating.set(false);
            }
        }
    }

    private void closeWindow(long nowNanos) {
        long requests = count.getAndSet(0);
        long sum = sumNanos.getAndSet(0);
        boolean felt = refused || peak * 2 >= limit;
        refused = false;
        peak = 0;
        windowEndNanos = nowNanos + WINDOW_NANOS;
        if (requests == 0) {
            return;
        }
        double meanNanos = Math.max(1, (double) sum / requests);
        learnBaseline(meanNanos, felt);
        if (felt) {
            double gradient = Math.max(STEEPEST, Math.min(1, config.latencyTolerance() * baselineNanos / meanNanos));
            double next = limit * gradient + HEADROOM;
            double smoothed = limit + SMOOTHING * (next - limit);
            limit = Math.max(config.minLimit(), Math.min(config.maxLimit(), smoothed));
        }
    }

    private void learnBaseline(double meanNanos, boolean felt) {
        double known = baselineNanos;
        if (known == 0) {
            baselineNanos = meanNanos;
        } else if (meanNanos < known || !felt || limit <= config.minLimit()) {
            baselineNanos = known + BASELINE_SMOOTHING * (meanNanos - known);
        }
    }
}
