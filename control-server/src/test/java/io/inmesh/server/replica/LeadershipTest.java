package io.inmesh.server.replica;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.ForwardingEngine;
import io.inmesh.server.fixture.Pause;
import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Write;
import io.inmesh.server.store.FollowedTables;
import io.inmesh.server.store.StoreUnavailableException;
import io.inmesh.server.store.VirtualEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which of several servers leads, in virtual time. */
class LeadershipTest {

    private final FakeTime time = new FakeTime();
    private final Engine shared = VirtualEngine.on(time);
    private final List<Server> servers = new ArrayList<>();

    @AfterEach
    void close() {
        servers.forEach(server -> {
            server.leadership.close();
            server.followed.close();
        });
        shared.close();
    }

    @Test
    void theOnlyServerLeadsAtOnce() {
        Server one = begin("one");

        assertThat(one.leadership.leads()).isTrue();
        assertThat(one.leadership.leader()).hasValue("one");
        assertThat(one.leadership.replicas()).extracting(Replica::name).containsExactly("one");
    }

    @Test
    void ofSeveralTheFirstLeadsForAsLongAsItRunsAndAllKnowIt() {
        Server one = begin("one");
        Server two = begin("two");
        Server three = begin("three");

        for (int second = 0; second < 60; second++) {
            time.advance(Duration.ofSeconds(1));
            assertThat(leading()).containsExactly("one");
        }
        until(() -> two.leadership.replicas().size() == 3);
        assertThat(two.leadership.leader()).hasValue("one");
        until(() -> one.leadership.replicas().equals(three.leadership.replicas()));
    }

    @Test
    void whenTheLeaderStopsAnotherLeadsWithoutWaitingForAnythingToRunOut() {
        Server one = begin("one");
        Server two = begin("two");

        one.leadership.close();

        assertThat(one.leadership.leads()).isFalse();
        until(() -> {
            time.advance(Duration.ZERO);
            return two.leadership.leads();
        });
        until(() -> two.leadership.replicas().size() == 1);
    }

    @Test
    void aLeaderThatIsCutOffStopsToBelieveItBeforeAnotherCanLead() {
        Server one = begin("one");
        Server two = begin("two");
        one.engine.broken = true;

        Duration waited = Duration.ZERO;
        while (!two.leadership.leads()) {
            time.advance(Duration.ofMillis(100));
            waited = waited.plusMillis(100);
            assertThat(leading()).hasSizeLessThan(2);
        }

        assertThat(waited).isLessThanOrEqualTo(Leadership.TIME_TO_LIVE.plus(Leadership.PAUSE));
        assertThat(one.leadership.fence()).isEmpty();
    }

    @Test
    void aServerThatComesBackIsOneOfThoseThatRunAgainAndLeavesTheLeadToTheOther() {
        Server one = begin("one");
        Server two = begin("two");
        one.engine.broken = true;
        time.advance(Leadership.TIME_TO_LIVE.plus(Leadership.PAUSE));
        one.engine.broken = false;

        time.advance(Leadership.PAUSE);

        assertThat(leading()).containsExactly("two");
        until(() -> two.leadership.replicas().size() == 2);
    }

    @Test
    void aServerThatWasCutOffForLessThanTheLeaseGoesOnLeading() {
        Server one = begin("one");
        begin("two");
        Guard before = one.leadership.fence().orElseThrow();
        one.engine.broken = true;
        time.advance(Leadership.TIME_TO_LIVE.minus(Leadership.PAUSE).minusSeconds(1));
        one.engine.broken = false;
        time.advance(Leadership.PAUSE);

        assertThat(leading()).containsExactly("one");
        assertThat(one.leadership.fence().orElseThrow().expected()).isEqualTo(before.expected());
    }

    @Test
    void whatALeaderOfYesterdayStillWritesIsRefused() {
        Server one = begin("one");
        Server two = begin("two");
        Guard old = one.leadership.fence().orElseThrow();
        assertThat(shared.change(List.of(old), List.of(work("one")))).isTrue();

        one.engine.broken = true;
        time.advance(Leadership.TIME_TO_LIVE.plus(Leadership.PAUSE));
        assertThat(two.leadership.leads()).isTrue();

        assertThat(shared.change(List.of(old), List.of(work("late")))).isFalse();
        assertThat(shared.change(List.of(two.leadership.fence().orElseThrow()), List.of(work("two"))))
                .isTrue();
    }

    @Test
    void aServerThatLeadsForTheSecondTimeIsNotMistakenForItselfBefore() {
        Server one = begin("one");
        Guard first = one.leadership.fence().orElseThrow();
        one.engine.broken = true;
        time.advance(Leadership.TIME_TO_LIVE);
        one.engine.broken = false;
        time.advance(Leadership.PAUSE);

        assertThat(one.leadership.leads()).isTrue();
        assertThat(shared.change(List.of(first), List.of(work("late")))).isFalse();
    }

    @Test
    void anEntryThatSomebodyRemovesIsTakenAnew() {
        begin("one");
        begin("two");

        shared.delete(Leadership.LEADER, "leader");

        until(() -> {
            time.advance(Leadership.PAUSE);
            return leading().size() == 1 && !shared.scan(Leadership.LEADER).isEmpty();
        });
    }

    @Test
    void anAnswerThatIsLostDoesNotHideThatTheLeadHasBeenWon() {
        Server one = add("one");
        one.engine.loseAnswers = true;
        one.begin();
        assertThat(one.leadership.leads()).isFalse();

        one.engine.loseAnswers = false;
        time.advance(Leadership.PAUSE);

        assertThat(one.leadership.leads()).isTrue();
    }

    @Test
    void anEntryIsWrittenWhenItChangesOnly() {
        Server one = begin("one");
        int before = one.engine.changes.get();

        time.advance(Duration.ofMinutes(1));
        assertThat(one.engine.changes).hasValue(before);
        one.streams = 7;
        time.advance(Leadership.PAUSE);

        assertThat(one.engine.changes).hasValue(before + 1);
        until(() -> one.leadership.replicas().get(0).streams() == 7);
    }

    private static Write work(String by) {
        return new Write("work", "last", by.getBytes(UTF_8));
    }

    private List<String> leading() {
        return servers.stream()
                .filter(server -> server.leadership.leads())
                .map(server -> server.leadership.id())
                .toList();
    }

    private Server begin(String id) {
        Server server = add(id);
        server.begin();
        return server;
    }

    private Server add(String id) {
        Server server = new Server(id);
        servers.add(server);
        return server;
    }

    private static void until(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            Pause.aMoment();
        }
    }

    private final class Server {
        private final View engine = new View(shared);
        private final FollowedTables followed =
                new FollowedTables(engine, time, Leadership.REPLICAS, Leadership.LEADER);
        private final Leadership leadership;
        private int streams;

        Server(String id) {
            leadership = new Leadership(engine, followed, id, time);
        }

        void begin() {
            leadership.begin(() -> new Replica(
                    leadership.id(),
                    leadership.id(),
                    "10.0.0.1:15012",
                    "http://10.0.0.1:15014",
                    "dev",
                    0,
                    "aa",
                    streams,
                    null));
        }
    }

    /** The shared engine as one server reaches it, or not. */
    private static final class View extends ForwardingEngine {
        private final AtomicInteger changes = new AtomicInteger();
        private volatile boolean broken;
        private boolean loseAnswers;

        View(Engine shared) {
            super(shared);
        }

        @Override
        protected void check() {
            if (broken) {
                throw StoreUnavailableException.nothingChanged("cut off on purpose", null);
            }
        }

        @Override
        public boolean change(List<Guard> guards, List<Write> writes) {
            check();
            changes.incrementAndGet();
            boolean made = super.change(guards, writes);
            if (loseAnswers && writes.get(0).table().equals(Leadership.LEADER)) {
                throw StoreUnavailableException.outcomeUnknown("lost on purpose", null);
            }
            return made;
        }
    }
}
