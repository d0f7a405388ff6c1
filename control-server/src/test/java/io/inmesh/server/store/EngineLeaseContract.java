package io.inmesh.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Lease;
import io.inmesh.server.store.Engine.LeaseLostException;
import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Watch;
import io.inmesh.server.store.Engine.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What every engine promises of leases, and of changes under contention. */
public abstract class EngineLeaseContract extends EngineWatchContract {

    /** Longer than a slow machine takes to bind something to it, where time passes by itself. */
    private static final Duration SHORT = Duration.ofSeconds(20);

    private static final Duration LONG = Duration.ofHours(1);

    /** Lets time pass if it does not pass by itself. */
    protected abstract void pass(Duration duration);

    @Test
    void whatIsBoundToALeaseThatIsNotKeptAliveVanishesAtOnceAndItsHolderIsTold() throws Exception {
        CountDownLatch lost = new CountDownLatch(1);
        engine.put("t", "stays", bytes("x"));
        long before = engine.revision();
        Lease lease = engine.grant(SHORT, lost::countDown);
        engine.change(
                List.of(), List.of(new Write("t", "a", bytes("1"), lease), new Write("u", "b", bytes("2"), lease)));
        RecordingWatcher watcher = new RecordingWatcher();
        try (Watch watch = engine.watch(Set.of("t", "u"), before, watcher)) {
            assertThat(watcher.next().writes()).hasSize(2);
            pass(SHORT);

            Transaction gone = watcher.next();
            assertThat(gone.writes())
                    .allSatisfy(write -> assertThat(write.value()).isNull())
                    .extracting(Write::key)
                    .containsExactlyInAnyOrder("a", "b");
            lost.await();
            assertThat(engine.scan("t").keySet()).containsExactly("stays");
            assertThat(engine.get("u", "b")).isEmpty();
            assertThat(lease.keepAlive()).isFalse();
        }
    }

    @Test
    void aLeaseThatIsKeptAliveGoesOn() throws Exception {
        Lease lease = engine.grant(LONG, () -> {});
        engine.change(List.of(), List.of(new Write("t", "a", bytes("1"), lease)));

        for (int i = 0; i < 3; i++) {
            pass(LONG.dividedBy(2));
            assertThat(lease.keepAlive()).isTrue();
        }

        assertThat(engine.get("t", "a")).isPresent();
    }

    @Test
    void aLeaseThatIsRevokedTakesWhatIsBoundToItAlong() throws Exception {
        AtomicInteger lost = new AtomicInteger();
        Lease lease = engine.grant(LONG, lost::incrementAndGet);
        engine.change(List.of(), List.of(new Write("t", "a", bytes("1"), lease)));

        lease.revoke();
        lease.revoke();

        assertThat(engine.get("t", "a")).isEmpty();
        assertThat(lease.keepAlive()).isFalse();
        assertThat(lost).as("who revokes a lease knows").hasValue(0);
    }

    @Test
    void anEntryWrittenAnewBelongsToItsNewLeaseOrToNone() throws Exception {
        Lease first = engine.grant(LONG, () -> {});
        Lease second = engine.grant(LONG, () -> {});
        engine.change(
                List.of(),
                List.of(new Write("t", "free", bytes("1"), first), new Write("t", "moved", bytes("1"), first)));
        engine.put("t", "free", bytes("2"));
        engine.change(List.of(), List.of(new Write("t", "moved", bytes("2"), second)));

        first.revoke();
        assertThat(engine.scan("t").keySet()).containsExactly("free", "moved");

        second.revoke();
        assertThat(engine.scan("t").keySet()).containsExactly("free");
    }

    @Test
    void nothingIsWrittenUnderALeaseThatIsGone() {
        Lease lease = engine.grant(LONG, () -> {});
        lease.revoke();

        assertThatThrownBy(() -> engine.change(
                        List.of(), List.of(new Write("t", "a", bytes("1")), new Write("t", "b", bytes("2"), lease))))
                .isInstanceOf(LeaseLostException.class)
                .hasMessageContaining("begin again");
        assertThat(engine.scan("t")).isEmpty();
    }

    @Test
    void ofManyWhoWantToLeadOneDoesAndTheNextWhenItsLeaseEnds() throws Exception {
        List<Lease> leases = new ArrayList<>();
        List<Integer> won = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            leases.add(engine.grant(LONG, () -> {}));
        }
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 3; i++) {
                if (!won.contains(i)
                        && engine.change(
                                List.of(new Guard("t", "leader", null)),
                                List.of(new Write("t", "leader", bytes("" + i), leases.get(i))))) {
                    won.add(i);
                }
            }
            assertThat(won).hasSize(round + 1);
            leases.get(won.get(round)).revoke();
        }
    }

    @Test
    void guardsOverSeveralTablesKeepASumThatManyWritersMoveAbout() throws Exception {
        engine.change(
                List.of(), List.of(new Write("left", "sum", bytes("500")), new Write("right", "sum", bytes("500"))));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Integer>> moving = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                int amount = w + 1;
                moving.add(() -> {
                    int moved = 0;
                    while (moved < 20) {
                        byte[] left = engine.get("left", "sum").orElseThrow();
                        byte[] right = engine.get("right", "sum").orElseThrow();
                        if (engine.change(
                                List.of(new Guard("left", "sum", left), new Guard("right", "sum", right)),
                                List.of(
                                        new Write("left", "sum", bytes("" + (number(left) - amount))),
                                        new Write("right", "sum", bytes("" + (number(right) + amount)))))) {
                            moved++;
                        }
                    }
                    return moved;
                });
            }
            for (Future<Integer> writer : threads.invokeAll(moving)) {
                assertThat(writer.get()).isEqualTo(20);
            }
        } finally {
            threads.shutdownNow();
        }

        assertThat(number(engine.get("left", "sum").orElseThrow())).isEqualTo(300);
        assertThat(number(engine.get("right", "sum").orElseThrow())).isEqualTo(700);
    }

    private static int number(byte[] value) {
        return Integer.parseInt(new String(value, java.nio.charset.StandardCharsets.UTF_8));
    }
}
