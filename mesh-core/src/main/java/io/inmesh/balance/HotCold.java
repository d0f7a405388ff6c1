package io.inmesh.balance;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Prequal's rule: endpoints with more requests in flight than a quantile of what probes found are hot. Cold ones are preferred to hot
 * ones, among cold ones the one with the shorter service time, among hot ones the one with fewer requests in flight.
 *
 * <p>Only probes make up the distribution: responses come from busy servers more often, and would raise it.
 */
final class HotCold implements SampleRule {

    private static final int REMEMBERED = 128;
    /** The quantile is found anew after this many probes. */
    private static final int RENEWED_AFTER = 8;

    private final double quantile;
    private final AtomicIntegerArray seen = new AtomicIntegerArray(REMEMBERED);
    private final AtomicInteger count = new AtomicInteger();
    private volatile int threshold = Integer.MAX_VALUE;

    HotCold(double quantile) {
        this.quantile = quantile;
    }

    @Override
    public void probed(int requestsInFlight) {
        int number = count.getAndIncrement() & Integer.MAX_VALUE;
        seen.set(number % REMEMBERED, requestsInFlight);
        if (number % RENEWED_AFTER == RENEWED_AFTER - 1) {
            int[] sorted = new int[Math.min(number + 1, REMEMBERED)];
            for (int i = 0; i < sorted.length; i++) {
                sorted[i] = seen.get(i);
            }
            Arrays.sort(sorted);
            threshold = sorted[(int) Math.min(sorted.length - 1L, (long) (quantile * sorted.length))];
        }
    }

    @Override
    public boolean needsProbes() {
        return true;
    }

    @Override
    public boolean better(Sample first, Sample second, long nowNanos) {
        boolean firstHot = hot(first);
        boolean secondHot = hot(second);
        if (firstHot != secondHot) {
            return secondHot;
        }
        if (firstHot) {
            return first.requestsInFlight() < second.requestsInFlight();
        }
        return serviceTime(first, nowNanos) < serviceTime(second, nowNanos);
    }

    private boolean hot(Sample sample) {
        return sample.requestsInFlight() > threshold;
    }

    /** Errors count here too, or an endpoint that fails fast would be the fastest of the cold. */
    private static double serviceTime(Sample sample, long nowNanos) {
        var experience = sample.endpoint().experience();
        double errors =
                experience == null ? 0 : experience.errorShare(sample.endpoint().inFlight(), nowNanos);
        return Math.max(1, sample.serviceTimeNanos()) * (1 + PeakEwma.ERROR_FACTOR * errors);
    }
}
