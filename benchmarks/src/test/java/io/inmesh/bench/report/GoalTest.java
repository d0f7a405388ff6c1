package io.inmesh.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class GoalTest {

    @Test
    void aGoalIsMetOnlyByTheWholeInterval() {
        Goal goal = Goal.atLeast(0.97);

        assertThat(goal.verdict(new Estimate(0.98, 0.97, 0.99))).isEqualTo(Verdict.MET);
        assertThat(goal.verdict(new Estimate(0.98, 0.96, 0.99))).isEqualTo(Verdict.UNDECIDED);
        assertThat(goal.verdict(new Estimate(0.95, 0.94, 0.96))).isEqualTo(Verdict.MISSED);
    }

    @Test
    void aCeilingIsTheMirrorImage() {
        Goal goal = Goal.atMost(200);

        assertThat(goal.verdict(Estimate.exactly(200))).isEqualTo(Verdict.MET);
        assertThat(goal.verdict(Estimate.exactly(208))).isEqualTo(Verdict.MISSED);
        assertThat(goal.verdict(Estimate.plusMinus(190, 20))).isEqualTo(Verdict.UNDECIDED);
        assertThat(Goal.NONE.verdict(Estimate.exactly(1))).isEqualTo(Verdict.NO_GOAL);
    }

    @Test
    void errorsOfADifferenceAddInSquares() {
        Estimate difference = Estimate.plusMinus(10, 3).minus(Estimate.plusMinus(4, 4));

        assertThat(difference).isEqualTo(new Estimate(6, 1, 11));
    }

    @Test
    void relativeErrorsOfARatioAddInSquares() {
        Estimate ratio = Estimate.plusMinus(200, 6).over(Estimate.plusMinus(100, 4));

        assertThat(ratio.value()).isEqualTo(2);
        assertThat(ratio.low()).isCloseTo(1.9, within(1e-9));
        assertThat(ratio.high()).isCloseTo(2.1, within(1e-9));
    }

    @Test
    void noRatioOfWhatCannotBeATime() {
        assertThatThrownBy(() -> Estimate.exactly(10).over(Estimate.exactly(-8)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-8.0");
    }

    @Test
    void tooFewSamplesDecideNothing() {
        Estimate unknown = Estimate.plusMinus(100, Double.NaN);

        assertThat(Goal.atMost(300).verdict(unknown)).isEqualTo(Verdict.UNDECIDED);
    }

    @Test
    void anIntervalBesideItsValueIsAMistake() {
        assertThatThrownBy(() -> new Estimate(3, 1, 2)).isInstanceOf(IllegalArgumentException.class);
    }
}
