package io.inmesh.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine promises. */
public abstract class EngineContract {

    protected Engine engine;

    /** {@return an engine that is empty when the test begins} */
    protected abstract Engine open() throws Exception;

    @BeforeEach
    void begin() throws Exception {
        engine = open();
    }

    @AfterEach
    void end() {
        engine.close();
    }

    @Test
    void anEntryIsReadAsItWasWrittenLast() {
        engine.put("t", "k", bytes("one"));
        engine.put("t", "k", bytes("two"));

        assertThat(engine.get("t", "k")).hasValueSatisfying(v -> assertThat(v).isEqualTo(bytes("two")));
        assertThat(engine.get("t", "other")).isEmpty();
        assertThat(engine.get("other", "k")).isEmpty();
    }

    @Test
    void deletingSaysWhetherThereWasAnything() {
        engine.put("t", "k", bytes("one"));

        assertThat(engine.delete("t", "k")).isTrue();
        assertThat(engine.delete("t", "k")).isFalse();
        assertThat(engine.get("t", "k")).isEmpty();
    }

    @Test
    void aScanIsSortedAndDoesNotSeeLaterChanges() {
        engine.put("t", "b", bytes("2"));
        engine.put("t", "a", bytes("1"));
        engine.put("u", "c", bytes("3"));

        var scan = engine.scan("t");
        engine.put("t", "z", bytes("later"));

        assertThat(scan.keySet()).containsExactly("a", "b");
    }

    @Test
    void compareAndSetChangesOnlyWhatIsAsExpected() {
        assertThat(engine.compareAndSet("t", "k", bytes("x"), bytes("one"))).isFalse();
        assertThat(engine.compareAndSet("t", "k", null, bytes("one"))).isTrue();
        assertThat(engine.compareAndSet("t", "k", null, bytes("two"))).isFalse();
        assertThat(engine.compareAndSet("t", "k", bytes("one"), bytes("two"))).isTrue();

        assertThat(engine.get("t", "k")).hasValueSatisfying(v -> assertThat(v).isEqualTo(bytes("two")));
    }

    @Test
    void aChangeWhoseGuardFailsChangesNothingAtAll() {
        engine.put("t", "k", bytes("one"));

        boolean changed = engine.change(
                List.of(new Guard("t", "k", bytes("one")), new Guard("t", "absent", bytes("x"))),
                List.of(new Write("t", "k", bytes("two")), new Write("u", "n", bytes("new"))));

        assertThat(changed).isFalse();
        assertThat(engine.get("t", "k")).hasValueSatisfying(v -> assertThat(v).isEqualTo(bytes("one")));
        assertThat(engine.get("u", "n")).isEmpty();
    }

    @Test
    void aChangeWritesAndRemovesInSeveralTablesTogether() {
        engine.put("t", "old", bytes("x"));

        boolean changed = engine.change(
                List.of(new Guard("u", "n", null)),
                List.of(new Write("t", "old", null), new Write("u", "n", bytes("new"))));

        assertThat(changed).isTrue();
        assertThat(engine.get("t", "old")).isEmpty();
        assertThat(engine.get("u", "n")).isPresent();
    }

    @Test
    void countersBeginAtOneAndAreNeverGivenTwice() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Long>> counting = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                counting.add(() -> engine.increment("t", "counter"));
            }
            List<Long> counts = new ArrayList<>();
            for (Future<Long> count : threads.invokeAll(counting)) {
                counts.add(count.get());
            }
            assertThat(counts).doesNotHaveDuplicates().contains(1L, 100L).hasSize(100);
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void ofManyWritersThatExpectTheSameOneWins() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Boolean>> attempts = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                byte[] mine = bytes("writer " + i);
                attempts.add(() -> engine.compareAndSet("t", "leader", null, mine));
            }
            int won = 0;
            for (Future<Boolean> attempt : threads.invokeAll(attempts)) {
                won += attempt.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        } finally {
            threads.shutdownNow();
        }
    }

    protected static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
