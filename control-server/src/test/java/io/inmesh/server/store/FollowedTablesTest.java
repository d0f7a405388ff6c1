package io.inmesh.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.ForwardingEngine;
import io.inmesh.server.fixture.Pause;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FollowedTablesTest {

    private final FakeTime time = new FakeTime();
    private final EmbeddedEngine shared = EmbeddedEngine.inMemory(time, 1000);
    private final Switched engine = new Switched(shared);
    private final FollowedTables one = new FollowedTables(engine, time, "a", "b");
    private final FollowedTables two = new FollowedTables(shared, time, "a", "b");

    @AfterEach
    void close() {
        one.close();
        two.close();
        shared.close();
    }

    @Test
    void whatOneHasWrittenItReadsAtOnceAndTheOtherAsSoonAsItIsTold() {
        one.put("a", "k", bytes("v"));

        assertThat(texts(one, "a")).containsExactly(Map.entry("k", "v"));
        until(() -> texts(two, "a").equals(Map.of("k", "v")));
        assertThat(two.delete("a", "k")).isTrue();
        assertThat(texts(two, "a")).isEmpty();
        until(() -> texts(one, "a").isEmpty());
        assertThat(one.delete("a", "k")).isFalse();
    }

    @Test
    void whatIsNotHeldIsAskedForSinceAnotherServerMayOnlyJustHaveWrittenIt() {
        engine.deaf();
        two.put("a", "k", bytes("v"));

        assertThat(texts(one, "a")).isEmpty();
        assertThat(one.get("a", "k"))
                .hasValueSatisfying(value -> assertThat(value).isEqualTo(bytes("v")));
    }

    @Test
    void aListenerIsToldOfChangesOfItsTableWhoeverMadeThemAndOfNothingElse() {
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        one.onChange("a", () -> told.add(String.join(",", texts(one, "a").keySet())));

        one.put("a", "mine", bytes("1"));
        one.put("b", "other", bytes("1"));
        two.put("a", "theirs", bytes("1"));
        until(() -> told.contains("mine,theirs"));
        int before = told.size();
        one.put("a", "mine", bytes("1"));
        one.put("b", "last", bytes("1"));
        until(() -> two.scan("b").size() == 2);

        assertThat(told).hasSize(before);
        assertThatThrownBy(() -> one.onChange("c", () -> {})).hasMessageContaining("not followed");
    }

    @Test
    void ofTwoThatWriteTheSameOnlyOneDoes() {
        assertThat(one.compareAndSet("a", "k", null, bytes("one"))).isTrue();
        assertThat(two.compareAndSet("a", "k", null, bytes("two"))).isFalse();
        until(() -> texts(two, "a").equals(Map.of("k", "one")));
    }

    @Test
    void tablesThatAreNotFollowedAreReadAndWrittenAsTheyAre() {
        one.put("c", "k", bytes("v"));

        assertThat(texts(two, "c")).containsExactly(Map.entry("k", "v"));
        assertThat(one.increment("c", "n")).isEqualTo(1);
    }

    @Test
    void whileTheEngineIsAwayWhatWasKnownLastIsReadAndNothingIsWritten() {
        one.put("a", "k", bytes("v"));
        engine.broken = true;
        engine.watcher.interrupted("no leader");

        assertThat(texts(one, "a")).containsExactly(Map.entry("k", "v"));
        assertThat(one.get("a", "k")).isPresent();
        assertThat(one.behind()).isPresent();
        assertThatThrownBy(() -> one.put("a", "other", bytes("w"))).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> one.get("a", "other")).isInstanceOf(StoreUnavailableException.class);
        assertThat(texts(one, "a")).containsExactly(Map.entry("k", "v"));
    }

    @Test
    void aWriteThatIsMadeJustBeforeTheEngineIsLostIsReadNevertheless() {
        engine.brokenAfterChange = true;

        one.put("a", "k", bytes("v"));

        assertThat(texts(one, "a")).containsExactly(Map.entry("k", "v"));
    }

    @Test
    void afterAGapEverythingIsReadAnewAndListenersHearOfWhatTheyMissed() {
        one.put("a", "gone", bytes("1"));
        List<String> told = Collections.synchronizedList(new ArrayList<>());
        one.onChange("a", () -> told.add(texts(one, "a").toString()));
        engine.deaf();
        two.put("a", "new", bytes("2"));
        two.delete("a", "gone");

        engine.watcher.compacted();

        assertThat(told).last().isEqualTo("{new=2}");
        two.put("a", "later", bytes("3"));
        until(() -> texts(one, "a").containsKey("later"));
    }

    @Test
    void anOlderCopyInTheStoresPlaceIsTakenForWhatItHolds() {
        one.put("a", "k", bytes("v"));
        engine.deaf();
        engine.listing = Optional.of(new Engine.Listing(0, Collections.emptySortedMap()));

        engine.watcher.compacted();

        assertThat(texts(one, "a")).isEmpty();
    }

    private static void until(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            Pause.aMoment();
        }
    }

    private static Map<String, String> texts(FollowedTables tables, String table) {
        return RecordingWatcher.texts(tables.scan(table));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    /** The shared engine as the first server sees it, until a test does something to its view. */
    private static final class Switched extends ForwardingEngine {
        private volatile boolean broken;
        private boolean brokenAfterChange;
        private Optional<Listing> listing = Optional.empty();
        private Watcher watcher;
        private Watch watch;

        Switched(Engine shared) {
            super(shared);
        }

        /** Tells no more of what happens, for now. */
        void deaf() {
            watch.close();
        }

        @Override
        protected void check() {
            if (broken) {
                throw StoreUnavailableException.nothingChanged("broken on purpose", null);
            }
        }

        @Override
        public boolean change(List<Guard> guards, List<Write> writes) {
            boolean made = super.change(guards, writes);
            broken = brokenAfterChange;
            return made;
        }

        @Override
        public Listing list(String... tables) {
            Listing present = super.list(tables);
            return listing.orElse(present);
        }

        @Override
        public Watch watch(Set<String> tables, long after, Watcher told) {
            watcher = told;
            if (listing.isPresent()) {
                // In an older copy nothing happens after it.
                return () -> {};
            }
            watch = super.watch(tables, after, told);
            return watch;
        }
    }
}
