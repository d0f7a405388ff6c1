package io.inmesh.server.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.ca.AuditLog;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.fixture.Workloads;
import io.inmesh.server.registry.RegisteredWorkload;
import io.inmesh.server.registry.WorkloadHealth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DrainsTest {

    private static final RegisteredWorkload REVIEWS = Workloads.running("reviews", "v1", "10.0.0.1");
    private static final RegisteredWorkload RATINGS = Workloads.running("ratings", "v1", "10.0.0.2");

    private final FakeTime time = new FakeTime();
    private final MemoryTable table = new MemoryTable();
    private final AuditLog audit = new AuditLog(table, time);
    private final List<RegisteredWorkload> registered = new ArrayList<>(List.of(REVIEWS, RATINGS));
    private final AtomicInteger changes = new AtomicInteger();
    private Drains drains = opened();

    @Test
    void aDrainedInstanceIsDrainingWhateverItSaysOfItselfAndTheOthersAreAsTheyWere() {
        drains.drain("default", REVIEWS.name(), "kernel", "alice");

        assertThat(drains.workloads()).containsExactly(REVIEWS.withHealth(WorkloadHealth.DRAINING), RATINGS);
        registered.set(0, REVIEWS.withHealth(WorkloadHealth.UNHEALTHY));
        assertThat(drains.workloads().get(0).health()).isEqualTo(WorkloadHealth.DRAINING);
        assertThat(changes).hasValue(1);
        assertThat(drains.all())
                .containsExactly(new Drain(
                        "default",
                        REVIEWS.name(),
                        "kernel",
                        "alice",
                        time.instant().getEpochSecond()));
    }

    @Test
    void aDrainOutlivesTheProcessesConnectionAndARestartOfTheServer() {
        drains.drain("default", REVIEWS.name(), "", "alice");
        registered.remove(REVIEWS);
        drains = opened();
        registered.add(Workloads.running("reviews", "v1", "10.0.0.77"));

        assertThat(drains.workloads())
                .extracting(RegisteredWorkload::health)
                .containsExactly(WorkloadHealth.HEALTHY, WorkloadHealth.DRAINING);
    }

    @Test
    void undrainEndsItOnce() {
        drains.drain("default", REVIEWS.name(), "", "alice");

        assertThat(drains.undrain("default", REVIEWS.name(), "bob")).isTrue();
        assertThat(drains.workloads()).containsExactly(REVIEWS, RATINGS);
        assertThat(changes).hasValue(2);
        assertThat(drains.undrain("default", REVIEWS.name(), "bob")).isFalse();
        assertThat(opened().all()).isEmpty();
    }

    @Test
    void theFirstToDrainIsRemembered() {
        drains.drain("default", REVIEWS.name(), "first", "alice");

        assertThat(drains.drain("default", REVIEWS.name(), "second", "bob").by())
                .isEqualTo("alice");
        assertThat(changes).hasValue(1);
    }

    @Test
    void whatIsNotRegisteredCannotBeDrained() {
        assertThatThrownBy(() -> drains.drain("elsewhere", REVIEWS.name(), "", "alice"))
                .hasMessageContaining("no instance reviews-v1 is registered in namespace elsewhere");
        assertThatThrownBy(() -> drains.drain("default", REVIEWS.name(), "x".repeat(257), "alice"))
                .hasMessageContaining("256 characters");
        assertThat(changes).hasValue(0);
    }

    @Test
    void drainsOfInstancesThatAreGoneMakeRoomTheOldestFirstAndOthersDoNot() {
        registered.clear();
        for (int i = 0; i < Drains.MOST + 1; i++) {
            registered.add(Workloads.running("app" + i, "v1", "10.0.0.1"));
        }
        for (int i = 0; i < Drains.MOST; i++) {
            drains.drain("default", "app" + i + "-v1", "", "alice");
            time.advance(Duration.ofSeconds(1));
        }
        assertThatThrownBy(() -> drains.drain("default", "app" + Drains.MOST + "-v1", "", "alice"))
                .hasMessageContaining("undrain some first");

        registered.removeIf(
                workload -> workload.name().equals("app3-v1") || workload.name().equals("app5-v1"));
        drains.drain("default", "app" + Drains.MOST + "-v1", "", "alice");
        assertThat(drains.all())
                .hasSize(Drains.MOST)
                .extracting(Drain::instance)
                .contains("app5-v1")
                .doesNotContain("app3-v1");
    }

    @Test
    void whatIsDrainedAtAnotherServerIsDrainedHere() throws Exception {
        Drains other = new Drains(table.followed(Drains.TABLE), () -> registered, audit, time);
        BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
        other.onChange(() -> heard.add(other.all().size()));

        drains.drain("default", REVIEWS.name(), "kernel", "alice");
        assertThat(heard.take()).isEqualTo(1);
        assertThat(other.workloads()).containsExactly(REVIEWS.withHealth(WorkloadHealth.DRAINING), RATINGS);
        assertThat(other.undrain("default", REVIEWS.name(), "bob")).isTrue();
        assertThat(other.all()).isEmpty();
    }

    private Drains opened() {
        Drains opened = new Drains(table.followed(Drains.TABLE), () -> registered, audit, time);
        opened.onChange(changes::incrementAndGet);
        return opened;
    }
}
