package io.inmesh.server.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.Waiting;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.store.Engine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What servers on one engine see of processes that move between them, whichever engine it is. Each server has a clock of its own. */
public abstract class RegistryReplicasContract {
    private static final RegisteredWorkload REVIEWS = Workloads.running("reviews", "v1", "10.0.0.1");
    private static final RegisteredWorkload SECOND = Workloads.running("reviews", "v2", "10.0.0.2");

    private final List<WorkloadRegistry> all = new ArrayList<>();
    private final FakeTime timeOfOne = new FakeTime();
    private final FakeTime timeOfTwo = new FakeTime();
    private final AtomicBoolean away = new AtomicBoolean();
    private final Object stream = new Object();
    private Engine engine;
    private WorkloadRegistry one;
    private WorkloadRegistry two;

    /** {@return a new engine that holds nothing} */
    protected abstract Engine open() throws Exception;

    @BeforeEach
    void start() throws Exception {
        engine = new FaultyEngine(open(), away);
        one = server(timeOfOne);
        two = server(timeOfTwo);
    }

    @AfterEach
    void stop() {
        away.set(false);
        all.forEach(WorkloadRegistry::close);
        engine.close();
    }

    @Test
    void allServersSeeWhatOneIsTold() throws Exception {
        one.report(stream, REVIEWS, 1);

        until(two, REVIEWS);
        assertThat(server(new FakeTime()).workloads())
                .as("one that starts later")
                .containsExactly(REVIEWS);
    }

    @Test
    void registrationMovesWithTheProcessWithoutAChangeForAnyCaller() throws Exception {
        one.report(stream, REVIEWS, 1);
        one.report(new Object(), SECOND, 1);
        until(two, REVIEWS, SECOND);
        AtomicInteger changes = new AtomicInteger();
        one.onChange(changes::incrementAndGet);
        two.onChange(changes::incrementAndGet);

        two.report(new Object(), REVIEWS, 2);
        // Ten minutes are over in a moment here, which is less than it may take to hear of that.
        Waiting.until(() -> !one.notElsewhere().contains(REVIEWS));
        one.disconnected(stream, REVIEWS.nodeId());
        timeOfOne.advance(Duration.ofMinutes(10));
        timeOfTwo.advance(Duration.ofMinutes(10));

        assertThat(one.workloads()).containsExactly(REVIEWS, SECOND);
        assertThat(two.workloads()).containsExactly(REVIEWS, SECOND);
        assertThat(changes).hasValue(0);
    }

    @Test
    void streamThatEndsLongAfterTheProcessHasMovedRemovesNothing() throws Exception {
        one.report(stream, REVIEWS, 1);
        until(two, REVIEWS);
        for (int connection = 2; connection < 12; connection++) {
            WorkloadRegistry next = connection % 2 == 0 ? two : one;
            next.report(new Object(), REVIEWS, connection);
        }
        two.disconnected(new Object(), REVIEWS.nodeId());
        one.drain(stream, REVIEWS.nodeId());
        one.disconnected(stream, REVIEWS.nodeId());
        timeOfOne.advance(Duration.ofMinutes(10));
        timeOfTwo.advance(Duration.ofMinutes(10));

        assertThat(one.workloads()).containsExactly(REVIEWS);
        assertThat(two.workloads()).containsExactly(REVIEWS);
    }

    @Test
    void processThatLeavesIsGoneEverywhereAtOnce() throws Exception {
        one.report(stream, REVIEWS, 1);
        until(two, REVIEWS);
        one.drain(stream, REVIEWS.nodeId());

        until(two);
    }

    @Test
    void serverThatStartsRemovesNothingOfThoseThatRun() throws Exception {
        one.report(stream, REVIEWS, 1);
        until(two, REVIEWS);
        FakeTime later = new FakeTime();
        WorkloadRegistry three = server(later);
        // Step by step: the sign of life of each lasts as long as a real engine says.
        for (int minute = 0; minute < 10; minute++) {
            later.advance(Duration.ofMinutes(1));
            timeOfTwo.advance(Duration.ofMinutes(1));
            timeOfOne.advance(Duration.ofMinutes(1));
        }

        assertThat(three.workloads()).containsExactly(REVIEWS);
        assertThat(one.workloads()).containsExactly(REVIEWS);
    }

    @Test
    void processesOfAServerThatIsGoneAreKeptUntilTheyHaveFoundAnother() throws Exception {
        one.report(stream, REVIEWS, 1);
        one.report(new Object(), SECOND, 1);
        until(two, REVIEWS, SECOND);
        one.close();
        Waiting.until(() -> !two.others());
        timeOfTwo.advance(Duration.ofSeconds(14));
        two.report(new Object(), REVIEWS, 2);
        assertThat(two.workloads()).containsExactly(REVIEWS, SECOND);

        timeOfTwo.advance(Duration.ofMinutes(5));

        assertThat(two.workloads()).as("the other has not come back").containsExactly(REVIEWS);
    }

    @Test
    void whatProcessesSayWhileTheStoreIsAwayIsServedAndWrittenWhenItIsBack() throws Exception {
        one.report(stream, REVIEWS, 1);
        until(two, REVIEWS);
        away.set(true);

        two.report(new Object(), REVIEWS, 2);
        two.report(new Object(), SECOND, 1);
        one.disconnected(stream, REVIEWS.nodeId());
        timeOfOne.advance(Duration.ofMinutes(10));
        timeOfTwo.advance(Duration.ofMinutes(10));
        assertThat(one.workloads()).as("nobody can have said where it went").containsExactly(REVIEWS);
        assertThat(two.workloads()).containsExactly(REVIEWS, SECOND);

        away.set(false);
        timeOfTwo.advance(Eviction.PASS);
        until(one, REVIEWS, SECOND);
        timeOfOne.advance(Duration.ofMinutes(10));
        assertThat(one.workloads()).containsExactly(REVIEWS, SECOND);
    }

    @Test
    void processThatLeavesWhileTheStoreIsAwayLeavesWhenItIsBack() throws Exception {
        one.report(stream, REVIEWS, 1);
        until(two, REVIEWS);
        away.set(true);
        one.drain(stream, REVIEWS.nodeId());
        assertThat(one.workloads()).isEmpty();

        away.set(false);
        timeOfOne.advance(Eviction.PASS);
        until(two);
        assertThat(one.workloads()).isEmpty();
    }

    @Test
    void heartbeatsWriteNothing() throws Exception {
        one.report(stream, REVIEWS, 1);
        until(two, REVIEWS);
        long before = engine.revision();

        timeOfOne.advance(Duration.ofMinutes(1));
        timeOfTwo.advance(Duration.ofMinutes(1));

        assertThat(engine.revision()).isEqualTo(before);
    }

    @Test
    void herdThatComesBackToAnotherServerIsWrittenInFewChanges() throws Exception {
        List<RegisteredWorkload> herd = IntStream.range(0, 100)
                .mapToObj(i -> Workloads.running("app", "v" + (100 + i), "10.1.0." + i))
                .toList();
        away.set(true);
        for (RegisteredWorkload workload : herd) {
            one.report(new Object(), workload, 1);
        }
        away.set(false);
        long before = engine.revision();
        timeOfOne.advance(Eviction.PASS);

        until(two, herd.toArray(RegisteredWorkload[]::new));
        assertThat(engine.revision() - before).isLessThan(herd.size() / 2);
    }

    @Test
    void entryThatSomebodyDamagedHarmsNoOther() throws Exception {
        one.report(stream, REVIEWS, 1);
        until(two, REVIEWS);
        engine.put("workloads", "broken", new byte[] {'{'});
        one.report(new Object(), SECOND, 1);

        until(two, REVIEWS, SECOND);
    }

    private WorkloadRegistry server(FakeTime time) {
        WorkloadRegistry server =
                new WorkloadRegistry(engine, "server-" + all.size(), Runnable::run, time, new Random(all.size()));
        all.add(server);
        return server;
    }

    private static void until(WorkloadRegistry server, RegisteredWorkload... expected) {
        Waiting.until(() -> Set.copyOf(server.workloads()).equals(Set.of(expected)));
    }
}
