package io.inmesh.bench.report;

/**
 * One line of the table.
 *
 * @param subject what was measured
 * @param measure which of its quantities
 * @param unit {@code ns}, {@code B}, {@code ms} or {@code ×} for a ratio
 * @param estimate how much
 * @param goal how much was wished
 * @param verdict whether that is reached
 */
public record Row(String subject, String measure, String unit, Estimate estimate, Goal goal, Verdict verdict) {

    /** {@return a line whose verdict follows from estimate and goal} */
    public static Row of(String subject, String measure, String unit, Estimate estimate, Goal goal) {
        return new Row(subject, measure, unit, estimate, goal, goal.verdict(estimate));
    }

    /** {@return this line in a run that shows nothing} */
    public Row asVoid() {
        return verdict == Verdict.NO_GOAL ? this : new Row(subject, measure, unit, estimate, goal, Verdict.VOID);
    }
}
