package io.inmesh.bench.report;

import java.util.Arrays;
import java.util.Random;

/**
 * Medians with bootstrap intervals.
 *
 * <p>Rounds of one pair of processes resemble each other more than rounds of different pairs, since each process is compiled in its own
 * way. So whole groups are drawn first and rounds within them second; an interval from rounds alone would be too narrow. Source: Efron and
 * Tibshirani, "An Introduction to the Bootstrap" (1993), percentile method; Davison and Hinkley (1997), 3.8, for groups.
 */
public final class Bootstrap {

    private static final int RESAMPLES = 4000;
    private static final double CONFIDENCE = 0.95;

    private Bootstrap() {}

    /**
     * {@return the median of all values, with the 95 % interval of medians of resamples}
     *
     * @param groups values by group; at least one, none empty
     * @param seed makes the interval repeatable
     */
    public static Estimate median(double[][] groups, long seed) {
        double value =
                medianOf(Arrays.stream(groups).flatMapToDouble(Arrays::stream).toArray());
        Random random = new Random(seed);
        double[] medians = new double[RESAMPLES];
        for (int i = 0; i < RESAMPLES; i++) {
            medians[i] = medianOf(resample(groups, random));
        }
        Arrays.sort(medians);
        double tail = (1 - CONFIDENCE) / 2;
        double low = medians[(int) (tail * (RESAMPLES - 1))];
        double high = medians[(int) Math.ceil((1 - tail) * (RESAMPLES - 1))];
        return new Estimate(value, Math.min(low, value), Math.max(high, value));
    }

    /** {@return the median of some values} */
    public static double medianOf(double[] values) {
        if (values.length == 0) {
            throw new IllegalArgumentException("nothing has no median");
        }
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double[] resample(double[][] groups, Random random) {
        double[][] drawn = new double[groups.length][];
        for (int g = 0; g < groups.length; g++) {
            double[] group = groups[random.nextInt(groups.length)];
            drawn[g] = new double[group.length];
            for (int i = 0; i < group.length; i++) {
                drawn[g][i] = group[random.nextInt(group.length)];
            }
        }
        return Arrays.stream(drawn).flatMapToDouble(Arrays::stream).toArray();
    }
}
