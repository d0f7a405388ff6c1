package io.inmesh.server.rollout;

/**
 * What a number of failures says of the rate behind it: the exact bounds of Clopper and Pearson (1934), one-sided. They hold for any number
 * of requests, also for few, where bounds by the normal distribution are wrong; they are a little wider than they need be.
 */
final class Binomial {

    /** How often a bound is on the wrong side of the rate, at most. */
    static final double ERROR = 0.05;

    private static final int HALVINGS = 60;
    private static final int MOST_TERMS = 100_000;
    private static final double PRECISE = 1e-14;
    private static final double TINY = 1e-300;
    private static final double STIRLING_FROM = 10;

    private Binomial() {}

    /** {@return the least rate that leaves {@code hits} of {@code all} plausible} */
    static double lowest(long hits, long all) {
        if (hits <= 0 || all <= 0) {
            return 0;
        }
        return solve(hits, all - hits + 1, ERROR);
    }

    /** {@return the greatest rate that leaves {@code hits} of {@code all} plausible} */
    static double highest(long hits, long all) {
        if (hits >= all) {
            return 1;
        }
        return solve(hits + 1, all - hits, 1 - ERROR);
    }

    /** The rate at which the chance of so many hits or more, which grows with it, is {@code wanted}. */
    private static double solve(double a, double b, double wanted) {
        double low = 0;
        double high = 1;
        for (int i = 0; i < HALVINGS; i++) {
            double middle = (low + high) / 2;
            if (beta(a, b, middle) < wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return (low + high) / 2;
    }

    /** The regularized incomplete beta function, which is the chance of at least {@code a} hits of {@code a + b - 1} at rate {@code x}. */
    static double beta(double a, double b, double x) {
        if (x <= 0 || x >= 1) {
            return x <= 0 ? 0 : 1;
        }
        double front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
        return x < (a + 1) / (a + b + 2) ? front * fraction(a, b, x) / a : 1 - front * fraction(b, a, 1 - x) / b;
    }

    /** Its continued fraction (DLMF 8.17.22), by Lentz's method. */
    private static double fraction(double a, double b, double x) {
        double c = 1;
        double d = 1 / kept(1 - (a + b) * x / (a + 1));
        double value = d;
        for (int m = 1; m < MOST_TERMS; m++) {
            double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
            d = 1 / kept(1 + even * d);
            c = kept(1 + even / c);
            value *= d * c;
            double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
            d = 1 / kept(1 + odd * d);
            c = kept(1 + odd / c);
            double change = d * c;
            value *= change;
            if (Math.abs(change - 1) < PRECISE) {
                break;
            }
        }
        return value;
    }

    private static double kept(double number) {
        return Math.abs(number) < TINY ? TINY : number;
    }

    /** Stirling's series (DLMF 5.11.1), reached by the recurrence where the number is too small for it. */
    private static double logGamma(double number) {
        double shift = 0;
        double x = number;
        while (x < STIRLING_FROM) {
            shift -= Math.log(x);
            x++;
        }
        double square = 1 / (x * x);
        double series = (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680))) / x;
        return shift + (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series;
    }
}
