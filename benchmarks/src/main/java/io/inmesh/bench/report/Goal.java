package io.inmesh.bench.report;

import java.util.Locale;

/**
 * What a quantity is wished to be.
 *
 * @param bound on which side of the limit it is to be
 * @param limit the limit; has no meaning without bound
 */
public record Goal(Bound bound, double limit) {

    /** On which side of a limit a quantity is to be. */
    public enum Bound {
        /** Shown for information. */
        NONE,
        /** Not above the limit. */
        AT_MOST,
        /** Not below the limit. */
        AT_LEAST
    }

    /** Nothing is wished. */
    public static final Goal NONE = new Goal(Bound.NONE, 0);

    /** {@return the wish not to be above a limit} */
    public static Goal atMost(double limit) {
        return new Goal(Bound.AT_MOST, limit);
    }

    /** {@return the wish not to be below a limit} */
    public static Goal atLeast(double limit) {
        return new Goal(Bound.AT_LEAST, limit);
    }

    /** {@return whether an estimate shows the goal to be reached; an interval that holds the limit shows neither} */
    public Verdict verdict(Estimate estimate) {
        return switch (bound) {
            case NONE -> Verdict.NO_GOAL;
            case AT_MOST -> verdict(estimate.high() <= limit, estimate.low() > limit);
            case AT_LEAST -> verdict(estimate.low() >= limit, estimate.high() < limit);
        };
    }

    private static Verdict verdict(boolean surelyMet, boolean surelyMissed) {
        return surelyMet ? Verdict.MET : surelyMissed ? Verdict.MISSED : Verdict.UNDECIDED;
    }

    /** {@return the goal as the table shows it} */
    public String text() {
        return switch (bound) {
            case NONE -> "";
            case AT_MOST -> "≤ " + number(limit);
            case AT_LEAST -> "≥ " + number(limit);
        };
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%.0f", value)
                : String.format(Locale.ROOT, "%.2f", value);
    }
}
