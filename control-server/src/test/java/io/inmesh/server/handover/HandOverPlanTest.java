package io.inmesh.server.handover;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.handover.HandOverPlan.Elsewhere;
import io.inmesh.server.peer.Hears;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which processes one server asks to go, second by second. */
class HandOverPlanTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(45);

    private final HandOverPlan plan = new HandOverPlan(PATIENCE, new Random(1));
    private final Server server = new Server();
    private final List<String> asked = new ArrayList<>();
    // Where a monotonic clock begins is not defined: it may overflow.
    private long now = Long.MAX_VALUE - Duration.ofMinutes(1).toNanos();

    @Test
    void whileAllIsWellNobodyIsAsked() {
        server.connect(100);
        server.others = List.of(90, 110);

        pass(Duration.ofHours(1));

        assertThat(asked).isEmpty();
    }

    @Test
    void aServerThatIsCutOffWaitsAndThenAsksEachOnceAFewAtATime() {
        server.connect(100);
        server.behind = true;
        pass(PATIENCE);
        assertThat(asked).isEmpty();

        int most = 0;
        for (int second = 0; second < 90; second++) {
            int before = asked.size();
            pass(Duration.ofSeconds(1));
            server.processes.removeAll(asked);
            most = Math.max(most, asked.size() - before);
        }

        assertThat(asked).hasSize(100).doesNotHaveDuplicates();
        assertThat(most).isEqualTo(10);
    }

    @Test
    void ofVeryManyNoMoreAreAskedThanAnotherServerAdmits() {
        server.connect(5000);
        server.behind = true;
        pass(LONGEST_PATIENCE);
        asked.clear();

        pass(Duration.ofSeconds(1));

        assertThat(asked).hasSize(HandOverPlan.MOST_AT_ONCE);
    }

    @Test
    void whoComesBackIsServedForTheRestOfTheOutageAndAskedInTheNextOne() {
        server.connect(20);
        server.elsewhere = Elsewhere.UNKNOWN;
        server.behind = true;
        pass(Duration.ofMinutes(5));
        assertThat(asked).hasSize(20);

        pass(Duration.ofMinutes(20));
        assertThat(asked).hasSize(20);
        server.behind = false;
        pass(Duration.ofSeconds(1));
        server.behind = true;
        pass(Duration.ofMinutes(5));

        assertThat(asked).hasSize(40);
        assertThat(new HashSet<>(asked)).hasSize(20);
    }

    @Test
    void whoComesBackThoughAnotherServerIsBetterOffIsAskedAgainButNotSoon() {
        server.connect(20);
        server.behind = true;

        pass(LONGEST_PATIENCE.plusMinutes(20));

        assertThat(asked).hasSizeBetween(20 * 8, 20 * 11);
    }

    @Test
    void whoComesDuringTheOutageIsAskedToo() {
        server.behind = true;
        pass(Duration.ofMinutes(5));
        server.connect(3);

        pass(Duration.ofSeconds(30));

        assertThat(asked).hasSize(3);
    }

    @Test
    void outagesThatEndBeforePatienceDoesAddUpToNothing() {
        server.connect(20);
        for (int i = 0; i < 100; i++) {
            server.behind = true;
            pass(PATIENCE.minusSeconds(1));
            server.behind = false;
            pass(Duration.ofSeconds(1));
        }

        assertThat(asked).isEmpty();
    }

    @Test
    void whereNoOtherServerHearsOfTheStoreNobodyIsAskedUntilOneDoes() {
        server.connect(20);
        server.behind = true;
        server.elsewhere = Elsewhere.NOT_HEARD;
        pass(Duration.ofHours(1));
        assertThat(asked).isEmpty();

        server.elsewhere = Elsewhere.HEARD;
        pass(Duration.ofMinutes(2));

        assertThat(asked).hasSize(20);
    }

    @Test
    void anOutageOfAllThatSetsInMeanwhileStopsIt() {
        server.connect(1000);
        server.behind = true;
        pass(LONGEST_PATIENCE);
        server.elsewhere = Elsewhere.NOT_HEARD;
        pass(HandOverPlan.LOOK_AGAIN);
        int before = asked.size();

        pass(Duration.ofHours(1));

        assertThat(asked).hasSize(before).hasSizeBetween(1, 999);
    }

    @Test
    void othersAreNotAskedForTheirStateAllTheTime() {
        server.connect(20);
        server.behind = true;
        pass(Duration.ofMinutes(10));

        assertThat(server.looks).isLessThanOrEqualTo(60);
    }

    @Test
    void anOnlyServerAsksNobody() {
        server.connect(100);
        server.others = List.of();
        server.behind = true;

        pass(Duration.ofHours(1));

        assertThat(asked).isEmpty();
        assertThat(server.looks).isZero();
    }

    @Test
    void serversDoNotBeginAtTheSameMoment() {
        Set<Integer> begun = new HashSet<>();
        Random random = new Random(1);
        server.connect(1);
        server.behind = true;
        for (int i = 0; i < 50; i++) {
            HandOverPlan other = new HandOverPlan(PATIENCE, random);
            int seconds = 0;
            while (other.next(Duration.ofSeconds(seconds).toNanos(), server)
                    .processes()
                    .isEmpty()) {
                seconds++;
            }
            begun.add(seconds);
        }

        assertThat(begun)
                .hasSizeGreaterThan(8)
                .allSatisfy(seconds -> assertThat(seconds).isBetween(30, 45));
    }

    @Test
    void aServerHandsItsSurplusOverWhenAnotherHasFarLessAndStopsNearTheAverage() {
        server.connect(100);
        server.others = List.of(100, 0);
        pass(PATIENCE);
        assertThat(asked).isEmpty();

        for (int second = 0; second < 120; second++) {
            pass(Duration.ofSeconds(1));
            int gone = server.processes.size();
            server.processes.removeAll(asked);
            gone -= server.processes.size();
            server.others = List.of(server.others.get(0), server.others.get(1) + gone);
        }

        assertThat(asked).hasSizeBetween(20, 40).doesNotHaveDuplicates();
    }

    @Test
    void aServerWithoutSurplusAsksNobody() {
        server.connect(70);
        server.others = List.of(130, 0);

        pass(Duration.ofHours(1));

        assertThat(asked).isEmpty();
    }

    @Test
    void fewProcessesAreLeftWhereTheyAre() {
        server.connect(8);
        server.others = List.of(2, 0);

        pass(Duration.ofHours(1));

        assertThat(asked).isEmpty();
    }

    @Test
    void processesThatKnowNoOtherServerAreAskedSeldom() {
        server.connect(100);
        server.others = List.of(0);

        pass(HandOverPlan.REST);
        assertThat(asked).hasSize(100).doesNotHaveDuplicates();
        pass(HandOverPlan.REST);

        assertThat(asked.size()).isBetween(101, 200);
    }

    @Test
    void ifNobodyGetsWhereLittleIsAllAreAskedLessAndLessOften() {
        server.connect(20);
        server.others = List.of(0);

        pass(LONGEST_PATIENCE.plusMinutes(29));
        assertThat(asked).hasSize(20);
        pass(Duration.ofMinutes(2));
        assertThat(asked).as("after half an hour").hasSize(40);
        pass(Duration.ofMinutes(58));
        assertThat(asked).hasSize(40);
        pass(Duration.ofMinutes(2));
        assertThat(asked).as("after an hour").hasSize(60);
        pass(Duration.ofDays(5));
        assertThat(asked).as("at most once a day in the end").hasSizeBetween(20 * 9, 20 * 11);
        assertThat(new HashSet<>(asked)).hasSize(20);
    }

    @Test
    void whenServersAreUnevenAnewItBeginsAnew() {
        server.connect(20);
        server.others = List.of(0);
        pass(Duration.ofHours(6));
        server.others = List.of(20);
        pass(HandOverPlan.REST);
        asked.clear();
        server.others = List.of(0);

        pass(LONGEST_PATIENCE.plusMinutes(1));

        assertThat(asked).hasSize(20);
    }

    @Test
    void aServerThatCannotSayIsNoneThatHears() {
        assertThat(Elsewhere.of(List.of())).isEqualTo(Elsewhere.UNKNOWN);
        assertThat(Elsewhere.of(List.of(Hears.CANNOT_SAY))).isEqualTo(Elsewhere.NOT_HEARD);
        assertThat(Elsewhere.of(List.of(Hears.CANNOT_SAY, Hears.NO))).isEqualTo(Elsewhere.NOT_HEARD);
        assertThat(Elsewhere.of(List.of(Hears.CANNOT_SAY, Hears.NO, Hears.YES))).isEqualTo(Elsewhere.HEARD);
    }

    @Test
    void figuresFromBeforeACutAreNotGoneBy() {
        server.connect(100);
        server.others = List.of(0);
        pass(LONGEST_PATIENCE);
        asked.clear();
        server.behind = true;
        server.elsewhere = Elsewhere.NOT_HEARD;

        pass(Duration.ofHours(1));

        assertThat(asked).isEmpty();
    }

    private void pass(Duration duration) {
        for (long second = 0; second < duration.toSeconds(); second++) {
            asked.addAll(plan.next(now, server).processes());
            now += Duration.ofSeconds(1).toNanos();
        }
    }

    /** A server as it stands. */
    private static final class Server implements HandOverPlan.View {
        private final Set<String> processes = new LinkedHashSet<>();
        private boolean behind;
        private Elsewhere elsewhere = Elsewhere.HEARD;
        private List<Integer> others = List.of(0);
        private int looks;

        void connect(int count) {
            IntStream.range(0, count).forEach(i -> processes.add("process-" + processes.size()));
            // As many as here, unless the test says otherwise afterwards.
            others = List.of(count);
        }

        @Override
        public boolean behind() {
            return behind;
        }

        @Override
        public Elsewhere elsewhere() {
            looks++;
            return elsewhere;
        }

        @Override
        public int own() {
            return processes.size();
        }

        @Override
        public List<Integer> others() {
            return others;
        }

        @Override
        public Set<String> processes() {
            return processes;
        }
    }
}
