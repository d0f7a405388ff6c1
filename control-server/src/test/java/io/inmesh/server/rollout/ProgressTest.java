package io.inmesh.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.rollout.Finding.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Step after step of a rollout, up and back, by what its analyses find. */
class ProgressTest extends ProgressFixture {

    @Test
    void aGoodCanaryIsPromotedStepByStep() {
        look(1);
        assertThat(status().phase()).isEqualTo(Phase.PROGRESSING);
        look(1);
        assertThat(route).isEqualTo(new Weights(90, 10));
        look(60);
        assertThat(status().step()).isEqualTo(0);
        look(3);
        assertThat(route).isEqualTo(new Weights(50, 50));
        look(40);
        assertThat(status().phase()).isEqualTo(Phase.PROMOTED);
        assertThat(route).isEqualTo(new Weights(0, 100));
        assertThat(events).containsExactly("rollout-started", "rollout-step", "rollout-step", "rollout-promoted");
        look(100);
        assertThat(analyses)
                .as("every ten seconds of both steps, and never after")
                .isEqualTo(6 + 3);
    }

    @Test
    void itWaitsForItsRouteAndBeginsWhenThereIsOne() {
        route = null;
        look(5);
        assertThat(status().phase()).isEqualTo(Phase.PENDING);
        assertThat(status().reason()).isEqualTo("no such route");
        route = new Weights(1, 0);
        look(2);
        assertThat(route).isEqualTo(new Weights(90, 10));
    }

    @Test
    void tooLittleToTellPromotesNothingHoweverLong() {
        verdict = Verdict.INCONCLUSIVE;
        look(100_000);
        assertThat(status().phase()).isEqualTo(Phase.PROGRESSING);
        assertThat(route).isEqualTo(new Weights(90, 10));
    }

    @Test
    void aStepNeedsAGoodAnalysisOfItsOwn() {
        look(66);
        assertThat(route).isEqualTo(new Weights(50, 50));
        verdict = Verdict.INCONCLUSIVE;
        look(1_000);
        assertThat(route).isEqualTo(new Weights(50, 50));
        verdict = Verdict.GOOD;
        look(20);
        assertThat(status().phase()).isEqualTo(Phase.PROMOTED);
    }

    @Test
    void moreFailedAnalysesThanTheLimitTakeItBackToTheWeightsOfBefore() {
        route = new Weights(7, 1);
        look(12);
        verdict = Verdict.BAD;
        look(1);
        look(9);
        assertThat(status().failures()).as("one is borne").isEqualTo(1);
        assertThat(route).isEqualTo(new Weights(90, 10));
        look(12);
        assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(status().reason()).isEqualTo("BAD");
        assertThat(route).isEqualTo(new Weights(7, 1));
        assertThat(events).endsWith("rollout-canary-failed", "rollout-rolled-back");
    }

    @Test
    void failuresAreCountedAnewAtEachStep() {
        verdict = Verdict.BAD;
        look(14);
        assertThat(status().failures()).isEqualTo(1);
        verdict = Verdict.GOOD;
        look(60);
        assertThat(status().step()).isEqualTo(1);
        assertThat(status().failures()).isZero();
        verdict = Verdict.BAD;
        look(9);
        assertThat(status().phase()).isEqualTo(Phase.PROGRESSING);
    }

    @Test
    void aCanaryThatFailsPausesTheRolloutIfThatIsWanted() {
        rollBack = false;
        verdict = Verdict.BAD;
        look(200);
        assertThat(status().phase()).isEqualTo(Phase.PAUSED);
        assertThat(status().hold()).isEqualTo(RolloutStatus.Hold.CANARY_FAILED);
        assertThat(route).isEqualTo(new Weights(90, 10));
        verdict = Verdict.GOOD;
        tell(Command.RESUME);
        look(120);
        assertThat(status().phase()).isEqualTo(Phase.PROMOTED);
    }

    @Test
    void aStepThatIsNotPassedInTimeIsTakenBack() {
        deadline = Duration.ofSeconds(100);
        verdict = Verdict.INCONCLUSIVE;
        look(100);
        assertThat(status().phase()).isEqualTo(Phase.PROGRESSING);
        look(5);
        assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(status().reason()).isEqualTo("step 1 of 2 was not passed within 100 s: INCONCLUSIVE");
        assertThat(route).isEqualTo(BEFORE);
    }
}
