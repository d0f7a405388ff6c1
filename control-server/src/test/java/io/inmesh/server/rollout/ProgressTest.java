package io.inmesh.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.rollout.ByHand.NotNowException;
import io.inmesh.server.rollout.Finding.Numbers;
import io.inmesh.server.rollout.Finding.Verdict;
import io.inmesh.server.rollout.RolloutSpec.Analysis;
import io.inmesh.server.rollout.RolloutSpec.Destination;
import io.inmesh.server.rollout.RolloutSpec.Limit;
import io.inmesh.server.rollout.RolloutSpec.Step;
import io.inmesh.server.rollout.RolloutSpec.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every transition, in time that passes a second with each look. */
class ProgressTest {

    private static final Weights BEFORE = new Weights(100, 0);
    private static final Step TEN = new Step(10, Duration.ofSeconds(60));
    private static final Step GATE = new Step(0, Duration.ZERO);
    private static final Step HALF = new Step(50, Duration.ofSeconds(30));

    private final List<String> events = new ArrayList<>();
    private List<Step> steps = List.of(TEN, HALF);
    private boolean rollBack = true;
    private @Nullable Duration deadline;
    private String canary = "v2";
    private long generation = 1;
    private @Nullable RolloutStatus status;
    private @Nullable Weights route = BEFORE;
    private Verdict verdict = Verdict.GOOD;
    private int analyses;
    private Instant now = Instant.parse("2026-06-01T12:00:00Z");
    private Instant began = now;

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

    @Test
    void timeInWhichNoServerRanIsNeitherWaitingNorDelay() {
        deadline = Duration.ofSeconds(100);
        look(42);
        restartAfter(Duration.ofHours(2));
        look(25);
        assertThat(route)
                .as("of a minute it has watched 30 seconds that are known, and 25")
                .isEqualTo(new Weights(90, 10));
        look(10);
        assertThat(route).isEqualTo(new Weights(50, 50));
        assertThat(events).doesNotContain("rollout-canary-failed");
    }

    @Test
    void timesInWhichNoServerRanAddUp() {
        for (int i = 0; i < 3; i++) {
            look(15);
            restartAfter(Duration.ofHours(1));
        }
        assertThat(route).isEqualTo(new Weights(90, 10));
        look(20);
        assertThat(status().unwatched())
                .isBetween(Duration.ofHours(3), Duration.ofHours(3).plusSeconds(30));
        look(15);
        assertThat(route).isEqualTo(new Weights(50, 50));
    }

    @Test
    void whatTheServerBeforeFoundPromotesNothing() {
        look(56);
        assertThat(status().finding()).isNotNull();
        verdict = Verdict.INCONCLUSIVE;
        restartAfter(Duration.ofSeconds(1));
        look(300);
        assertThat(route).isEqualTo(new Weights(90, 10));
    }

    @Test
    void aServerThatHasJustStartedTakesNothingBackForWhatItHasNotHeardYet() {
        deadline = Duration.ofSeconds(100);
        verdict = Verdict.INCONCLUSIVE;
        look(98);
        restartAfter(Duration.ofSeconds(3));
        look(88);
        assertThat(status().phase()).isEqualTo(Phase.PROGRESSING);
        look(15);
        assertThat(status().phase()).as("by now it would have heard").isEqualTo(Phase.ROLLED_BACK);
    }

    @Test
    void failuresThatWereFoundBeforeARestartCount() {
        verdict = Verdict.BAD;
        look(14);
        assertThat(status().failures()).isEqualTo(1);
        restartAfter(Duration.ofMinutes(5));
        look(3);
        assertThat(status().phase()).isEqualTo(Phase.ROLLED_BACK);
    }

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

    /** A server that stops anywhere is one that asks again with what was kept. */
    @Test
    void aServerThatStopsBetweenDecidingAndWritingIsCarriedOnByTheNext() {
        look(1);
        Decision decided = Progress.next(spec(), "uid", 1, status(), situation());
        assertThat(decided.write()).isEqualTo(new Weights(90, 10));
        RolloutStatus kept = StatusJson.read(StatusJson.bytes(decided.status()));
        assertThat(kept).isEqualTo(decided.status());
        Decision again = Progress.next(spec(), "uid", 1, kept, situation());
        assertThat(again.write()).isEqualTo(new Weights(90, 10));
        route = again.write();
        assertThat(Progress.next(spec(), "uid", 1, kept, situation()).event()).isEqualTo("rollout-step");
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

    @Test
    void aClockThatIsSetBackWaitsLongerAndPromotesNothing() {
        look(30);
        now = now.minusSeconds(600);
        look(500);
        assertThat(route).isEqualTo(new Weights(90, 10));
        look(400);
        assertThat(status().phase()).isEqualTo(Phase.PROMOTED);
    }

    private void look(int seconds) {
        for (int i = 0; i < seconds; i++) {
            now = now.plusSeconds(1);
            Decision decision = Progress.next(spec(), "uid", generation, status, situation());
            took(decision);
            if (decision.write() != null) {
                route = decision.write();
            }
        }
    }

    private void restartAfter(Duration outage) {
        now = now.plus(outage);
        began = now;
        status = StatusJson.read(StatusJson.bytes(status()));
    }

    private void tell(Command command) {
        try {
            took(ByHand.tell(spec(), status(), command, situation(), "eve"));
        } catch (NotNowException e) {
            throw new AssertionError(e);
        }
    }

    private void took(Decision decision) {
        status = decision.status();
        if (!decision.event().isEmpty()) {
            events.add(decision.event());
        }
    }

    private RolloutStatus status() {
        return Objects.requireNonNull(status);
    }

    private Situation situation() {
        return new Situation(now, began, route, route == null ? "no such route" : "", "bob", () -> {
            analyses++;
            return new Finding(now, verdict, verdict.name(), new Numbers(1, 0, Double.NaN), new Numbers(2, 1, 3.5));
        });
    }

    private RolloutSpec spec() {
        return new RolloutSpec(
                new Target("VirtualService", "reviews", ""),
                new Destination("reviews", "v1"),
                new Destination("reviews", canary),
                steps,
                new Analysis(
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(5),
                        100,
                        1,
                        new Limit(0, OptionalDouble.of(0.01), false, 1, 0),
                        null),
                rollBack,
                deadline);
    }
}
