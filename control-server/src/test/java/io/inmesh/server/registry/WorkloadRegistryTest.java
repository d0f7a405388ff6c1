package io.inmesh.server.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.store.Engine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class WorkloadRegistryTest {
    private static final RegisteredWorkload REVIEWS = Workloads.running("reviews", "v1", "10.0.0.1");
    private static final RegisteredWorkload RATINGS = Workloads.running("ratings", "v1", "10.0.0.2");

    private final FakeTime time = new FakeTime();
    private final MemoryTable table = new MemoryTable();
    private final AtomicInteger changes = new AtomicInteger();
    private final Object lease = new Object();
    private final List<WorkloadRegistry> all = new ArrayList<>();
    private WorkloadRegistry registry;

    @BeforeEach
    void start() {
        registry = started();
    }

    @AfterEach
    void close() {
        all.forEach(WorkloadRegistry::close);
        table.close();
    }

    @Test
    void aReportedWorkloadIsThere() throws Exception {
        registry.report(lease, REVIEWS);
        registry.report(new Object(), RATINGS);

        assertThat(registry.workloads()).containsExactly(REVIEWS, RATINGS);
        assertThat(changes).hasValue(2);
    }

    @Test
    void reportingTheSameAgainIsNoChange() throws Exception {
        registry.report(lease, REVIEWS);
        registry.report(lease, REVIEWS);

        assertThat(changes).hasValue(1);
    }

    @Test
    void healthIsAChange() throws Exception {
        registry.report(lease, REVIEWS);
        registry.report(lease, REVIEWS.withHealth(WorkloadHealth.UNHEALTHY));

        assertThat(registry.workloads()).containsExactly(REVIEWS.withHealth(WorkloadHealth.UNHEALTHY));
        assertThat(changes).hasValue(2);
    }

    @Test
    void aBrokenStreamLeavesTheWorkloadForAGracePeriod() throws Exception {
        registry.report(lease, REVIEWS);
        registry.report(new Object(), Workloads.running("reviews", "v2", "10.0.0.3"));
        registry.disconnected(lease, REVIEWS.nodeId());
        time.advance(Book.WARM_UP);

        assertThat(registry.workloads()).hasSize(1).doesNotContain(REVIEWS);
    }

    @Test
    void comingBackWithinTheGracePeriodIsNoGapAndNoChange() throws Exception {
        registry.report(lease, REVIEWS);
        registry.disconnected(lease, REVIEWS.nodeId());
        time.advance(Duration.ofSeconds(14));

        registry.report(new Object(), REVIEWS);
        time.advance(Duration.ofMinutes(5));

        assertThat(registry.workloads()).containsExactly(REVIEWS);
        assertThat(changes).hasValue(1);
    }

    @Test
    void theEndOfAnOlderStreamDoesNotMatterOnceANewerOneIsThere() throws Exception {
        registry.report(lease, REVIEWS);
        registry.report(new Object(), REVIEWS);
        registry.disconnected(lease, REVIEWS.nodeId());
        time.advance(Duration.ofMinutes(5));

        assertThat(registry.workloads()).containsExactly(REVIEWS);
        assertThat(registry.drain(lease, REVIEWS.nodeId())).isFalse();
    }

    @Test
    void aDrainedWorkloadIsGoneAtOnceAndForGood() throws Exception {
        registry.report(lease, REVIEWS);

        assertThat(registry.drain(lease, REVIEWS.nodeId())).isTrue();
        registry.disconnected(lease, REVIEWS.nodeId());

        assertThat(registry.workloads()).isEmpty();
        assertThat(started().workloads()).isEmpty();
    }

    @Test
    void aRestartForgetsNobodyWhileProcessesFindBack() throws Exception {
        registry.report(lease, REVIEWS);
        registry.report(lease, RATINGS);

        registry.close();
        WorkloadRegistry restarted = started();
        assertThat(restarted.workloads()).containsExactly(REVIEWS, RATINGS);
        restarted.report(new Object(), RATINGS);
        time.advance(Duration.ofMinutes(5));

        assertThat(restarted.workloads()).containsExactly(RATINGS);
    }

    @Test
    void aMemberOfTheMeshCannotTakeOverTheRegistrationOfAnother() throws Exception {
        registry.report(lease, REVIEWS);
        RegisteredWorkload intruder = new RegisteredWorkload(
                REVIEWS.nodeId(),
                "default",
                "reviews-v1",
                "reviews-v1",
                "intruder",
                Map.of("app", "reviews"),
                "10.6.6.6",
                Map.of(),
                WorkloadLocality.UNKNOWN,
                1,
                WorkloadHealth.HEALTHY,
                true);

        assertThatThrownBy(() -> registry.report(new Object(), intruder)).isInstanceOf(WorkloadRegistry.Refused.class);
        assertThat(registry.workloads()).containsExactly(REVIEWS);
    }

    @Test
    void whatCannotBeReadAfterARestartIsLeftOut() throws Exception {
        registry.report(lease, REVIEWS);
        table.put("workloads", "broken", "{".getBytes(StandardCharsets.UTF_8));

        assertThat(started().workloads()).containsExactly(REVIEWS);
    }

    @Test
    void aWriteThatFailsHoldsUpNoOtherAndIsTriedAgain() throws Exception {
        AtomicBoolean failing = new AtomicBoolean(true);
        FaultyEngine engine = new FaultyEngine(table, new AtomicBoolean(), writes -> {
            if (failing.get() && writes.stream().anyMatch(write -> write.key().equals(REVIEWS.nodeId()))) {
                throw new Engine.TooLargeException("too large", new IllegalStateException());
            }
        });
        Queue<Runnable> writer = new ConcurrentLinkedQueue<>();
        WorkloadRegistry batching = new WorkloadRegistry(engine, "batching", writer::add, time, new Random(0));
        all.add(batching);
        batching.report(lease, REVIEWS);
        batching.report(new Object(), RATINGS);
        runAll(writer);
        assertThat(table.scan("workloads")).containsOnlyKeys(RATINGS.nodeId());

        failing.set(false);
        time.advance(Eviction.PASS);
        runAll(writer);
        assertThat(table.scan("workloads")).containsOnlyKeys(REVIEWS.nodeId(), RATINGS.nodeId());
    }

    private static void runAll(Queue<Runnable> tasks) {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
            task.run();
        }
    }

    private WorkloadRegistry started() {
        WorkloadRegistry started =
                new WorkloadRegistry(table, "started-" + all.size(), Runnable::run, time, new Random(1 + all.size()));
        all.add(started);
        started.onChange(changes::incrementAndGet);
        return started;
    }
}
