package io.inmesh.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.rollout.ByHand.NotNowException;
import io.inmesh.server.rollout.Finding.Verdict;
import io.inmesh.server.rollout.RolloutSpec.Step;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A rollout that people have to do with: who pause, promote or begin it anew, and who change its route or what it rolls out. */
class ProgressByHandTest extends ProgressFixture {

    private static final Step GATE = new Step(0, Duration.ZERO);

    @Test
    void aGateWaitsForSomebodyButNotForACanaryThatFails() {
        steps = List.of(TEN, GATE, HALF);
        deadline = Duration.ofSeconds(100);
        look(1_000);
        assertThat(status().hold()).isEqualTo(RolloutStatus.Hold.GATE);
        assertThat(route).isEqualTo(new Weights(90, 10));
        tell(Command.RESUME);
        look(2);
        assertThat(route).isEqualTo(new Weights(50, 50));
    }

    @Test
    void atAGateACanaryThatFailsIsTakenBack() {
        steps = List.of(TEN, GATE, HALF);
        look(80);
        assertThat(status().hold()).isEqualTo(RolloutStatus.Hold.GATE);
        verdict = Verdict.BAD;
        look(40);
        assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
    }

    @Test
    void aGateAtTheBeginningShiftsNothing() {
        steps = List.of(GATE, TEN);
        look(100);
        assertThat(status().hold()).isEqualTo(RolloutStatus.Hold.GATE);
        assertThat(route).isEqualTo(BEFORE);
        assertThat(analyses).isZero();
        tell(Command.ABORT);
        look(2);
        assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
    }

    @Test
    void onePausedByHandStaysAndBeginsItsStepAnew() {
        look(40);
        tell(Command.PAUSE);
        look(1_000);
        assertThat(status().phase()).isEqualTo(Phase.PAUSED);
        assertThat(status().reason()).isEqualTo("paused by eve");
        assertThat(route).isEqualTo(new Weights(90, 10));
        tell(Command.RESUME);
        look(59);
        assertThat(status().step()).isZero();
        look(5);
        assertThat(route).isEqualTo(new Weights(50, 50));
    }

    @Test
    void onePausedByHandIsTakenBackAllTheSameIfTheCanaryFails() {
        look(10);
        tell(Command.PAUSE);
        verdict = Verdict.BAD;
        look(40);
        assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
    }

    @Test
    void weightsOfSomebodyElseAreNotFought() {
        look(10);
        route = new Weights(30, 70);
        verdict = Verdict.BAD;
        look(1_000);
        assertThat(status().phase()).isEqualTo(Phase.PAUSED);
        assertThat(status().reason())
                .startsWith("bob set the weights to 30/70 while this rollout had set 90/10; nothing is written until");
        assertThat(route).isEqualTo(new Weights(30, 70));
        verdict = Verdict.GOOD;
        tell(Command.RESUME);
        look(2);
        assertThat(route).as("its own again, since somebody said so").isEqualTo(new Weights(90, 10));
        look(200);
        assertThat(status().phase()).isEqualTo(Phase.PROMOTED);
    }

    @Test
    void weightsOfSomebodyElseWhileItsOwnAreNotWrittenYetAreNotFoughtEither() {
        look(1);
        route = new Weights(1, 2);
        look(50);
        assertThat(status().hold()).isEqualTo(RolloutStatus.Hold.WEIGHTS_CHANGED);
        tell(Command.ABORT);
        look(2);
        assertThat(route).isEqualTo(BEFORE);
        assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(status().reason()).isEqualTo("aborted by eve");
    }

    @Test
    void aRouteThatVanishesPausesItAndOneThatVanishesOnTheWayBackFailsIt() {
        look(10);
        route = null;
        look(10);
        assertThat(status().hold()).isEqualTo(RolloutStatus.Hold.WEIGHTS_CHANGED);
        assertThat(status().reason()).startsWith("no such route; nothing is written");
        route = new Weights(90, 10);
        tell(Command.ABORT);
        route = null;
        look(10);
        assertThat(status().phase()).isEqualTo(Phase.FAILED);
        route = new Weights(90, 10);
        tell(Command.ABORT);
        look(3);
        assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
        assertThat(route).isEqualTo(BEFORE);
    }

    @Test
    void promotionByHandSkipsWhatIsLeft() {
        verdict = Verdict.BAD;
        look(5);
        tell(Command.PROMOTE);
        look(2);
        assertThat(status().phase()).isEqualTo(Phase.PROMOTED);
        assertThat(route).isEqualTo(new Weights(0, 100));
        assertThat(status().reason()).isEqualTo("promoted by eve");
    }

    @Test
    void oneThatIsOverBeginsAnewOnlyWhenToldToOrChanged() {
        verdict = Verdict.BAD;
        look(100);
        assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
        verdict = Verdict.GOOD;
        look(1_000);
        assertThat(route).isEqualTo(BEFORE);
        tell(Command.RETRY);
        look(200);
        assertThat(status().phase()).isEqualTo(Phase.PROMOTED);
        route = BEFORE;
        generation = 2;
        look(3);
        assertThat(route).isEqualTo(new Weights(90, 10));
    }

    @Test
    void anotherSpecBeginsTheStepsAnewButKeepsTheWeightsOfBefore() {
        look(70);
        assertThat(route).isEqualTo(new Weights(50, 50));
        generation = 2;
        steps = List.of(new Step(20, Duration.ZERO));
        look(3);
        assertThat(route).isEqualTo(new Weights(80, 20));
        verdict = Verdict.BAD;
        look(100);
        assertThat(route).isEqualTo(BEFORE);
    }

    @Test
    void whatIsRolledOutCannotBeExchangedOnTheWay() {
        look(70);
        generation = 2;
        canary = "v3";
        look(100);
        assertThat(status().hold()).isEqualTo(RolloutStatus.Hold.SUBJECT_CHANGED);
        assertThat(route).isEqualTo(new Weights(50, 50));
        assertThatThrownBy(() -> ByHand.tell(spec(), status(), Command.ABORT, situation(), "eve"))
                .isInstanceOf(NotNowException.class);
        generation = 3;
        canary = "v2";
        look(3);
        assertThat(route).as("from its first step").isEqualTo(new Weights(90, 10));
    }

    @Test
    void oneOfTheSameNameMadeLaterKnowsNothingOfTheFirst() {
        look(70);
        RolloutStatus old = status();
        Decision decision = Progress.next(spec(), "another", 1, old, situation());
        assertThat(decision.status().shift()).isNotNull();
        assertThat(decision.status().step()).isZero();
        assertThat(decision.event()).isEqualTo("rollout-started");
    }

    @Test
    void weightsThatAreRefusedPauseItAndOnTheWayBackFailIt() {
        look(2);
        Decision paused = Progress.refused(status(), "no", now);
        assertThat(paused.status().phase()).isEqualTo(Phase.PAUSED);
        status = paused.status();
        look(100);
        assertThat(status().hold()).isEqualTo(RolloutStatus.Hold.REFUSED);
        tell(Command.ABORT);
        assertThat(Progress.refused(status(), "no", now).status().phase()).isEqualTo(Phase.FAILED);
    }

    @ParameterizedTest
    @EnumSource(
            value = Command.class,
            names = {"PAUSE", "RESUME", "PROMOTE", "ABORT"})
    void whatIsOverTakesNoOtherWord(Command command) {
        look(200);
        assertThat(status().phase()).isEqualTo(Phase.PROMOTED);
        assertThatThrownBy(() -> ByHand.tell(spec(), status(), command, situation(), "eve"))
                .isInstanceOf(NotNowException.class)
                .hasMessageContaining("the rollout is Promoted: only one that ");
    }

    @Test
    void whatRunsIsNotBegunAnewAndWhatIsPausedNotPaused() {
        look(5);
        assertThatThrownBy(() -> ByHand.tell(spec(), status(), Command.RETRY, situation(), "eve"))
                .hasMessage("the rollout is Progressing: only one that is over can be begun anew");
        assertThatThrownBy(() -> ByHand.tell(spec(), status(), Command.RESUME, situation(), "eve"))
                .hasMessage("the rollout is Progressing: only one that is paused can be resumed");
        tell(Command.PAUSE);
        assertThatThrownBy(() -> ByHand.tell(spec(), status(), Command.PAUSE, situation(), "eve"))
                .hasMessage("the rollout is Paused: only one that goes through its steps can be paused");
    }
}
