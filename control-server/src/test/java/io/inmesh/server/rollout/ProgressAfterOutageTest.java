package io.inmesh.server.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.rollout.Finding.Verdict;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A rollout after time in which no server ran, or whose server stopped on the way. */
class ProgressAfterOutageTest extends ProgressFixture {

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

    @Test
    void aClockThatIsSetBackWaitsLongerAndPromotesNothing() {
        look(30);
        now = now.minusSeconds(600);
        look(500);
        assertThat(route).isEqualTo(new Weights(90, 10));
        look(400);
        assertThat(status().phase()).isEqualTo(Phase.PROMOTED);
    }

    private void restartAfter(Duration outage) {
        now = now.plus(outage);
        began = now;
        status = StatusJson.read(StatusJson.bytes(status()));
    }
}
