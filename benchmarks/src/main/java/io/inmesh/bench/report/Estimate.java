package io.inmesh.bench.report;

/**
 * A measured quantity with the interval that holds its true value with 95 % confidence.
 *
 * @param value the best guess
 * @param low lower end of the interval
 * @param high upper end of the interval
 */
public record Estimate(double value, double low, double high) {

    /** Checks the order. */
    public Estimate {
        if (!(low <= value && value <= high)) {
            throw new IllegalArgumentException("not an interval around its value: " + low + " " + value + " " + high);
        }
    }

    /** {@return a quantity known to within a symmetric error} */
    public static Estimate plusMinus(double value, double error) {
        // A score of too few samples has no error at all; nothing is known then but the score.
        double width = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
        return new Estimate(value, value - width, value + width);
    }

    /** {@return a quantity that is counted, not sampled} */
    public static Estimate exactly(double value) {
        return new Estimate(value, value, value);
    }

    /** {@return this less another, of independent errors} */
    public Estimate minus(Estimate other) {
        double difference = value - other.value;
        return new Estimate(
                difference,
                difference - Math.hypot(value - low, other.high - other.value),
                difference + Math.hypot(high - value, other.value - other.low));
    }

    /**
     * {@return this over another, of independent and small errors}
     *
     * @throws IllegalArgumentException if one of them is not positive, which a time or a size always is
     */
    public Estimate over(Estimate other) {
        if (!(value > 0 && other.value > 0)) {
            throw new IllegalArgumentException(
                    "no ratio of " + value + " and " + other.value + ": both are to be positive");
        }
        double ratio = value / other.value;
        double below = ratio * Math.hypot(1 - low / value, other.high / other.value - 1);
        double above = ratio * Math.hypot(high / value - 1, 1 - other.low / other.value);
        return new Estimate(ratio, ratio - below, ratio + above);
    }
}
