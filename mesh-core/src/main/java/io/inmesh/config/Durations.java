package io.inmesh.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Checks of time spans. */
public final class Durations {

    /** Longer ones are mistakes, and would overflow as nanoseconds. */
    private static final Duration LONGEST = Duration.ofDays(36_500);

    private Durations() {}

    /** Reports a time span that is zero, negative or longer than a century; null is fine. */
    public static void checkPositive(String field, @Nullable Duration duration, FieldProblems problems) {
        if (duration != null && (duration.isNegative() || duration.isZero() || duration.compareTo(LONGEST) > 0)) {
            problems.report(field, "is " + duration, "give a time longer than zero and shorter than a century");
        }
    }
}
