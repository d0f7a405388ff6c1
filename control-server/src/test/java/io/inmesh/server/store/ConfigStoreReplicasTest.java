package io.inmesh.server.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.ForwardingEngine;
import io.inmesh.server.fixture.Pause;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.ConfigStore.ConflictException;
import io.inmesh.server.store.ConfigStore.Event;
import io.inmesh.server.store.Engine.Write;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several servers on one engine. */
class ConfigStoreReplicasTest {

    /** Transactions that the engine remembers: more than any test but that of gaps makes, so that a slow watcher misses nothing. */
    private static final int KEPT = 1000;

    private final FakeTime time = new FakeTime();
    private final EmbeddedEngine shared = EmbeddedEngine.inMemory(time, KEPT);
    private final Switched engine = new Switched(shared);
    private final ConfigStore one = new ConfigStore(engine, time, 1000, 100);
    private final ConfigStore two = new ConfigStore(shared, time, 1000, 100);

    @AfterEach
    void close() {
        one.close();
        two.close();
        shared.close();
    }

    @Test
    void bothHearOfEveryChangeInTheSameOrderAndNoRevisionIsGivenTwice() throws Exception {
        List<Long> heard = Collections.synchronizedList(new ArrayList<>());
        one.onChange(view -> heard.add(view.revision()));
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Long> given = new ArrayList<>();
        try {
            List<Callable<List<Long>>> writers = new ArrayList<>();
            for (int w = 0; w < 4; w++) {
                ConfigStore store = w % 2 == 0 ? one : two;
                String mine = "w" + w;
                writers.add(() -> {
                    List<Long> revisions = new ArrayList<>();
                    for (int i = 0; i < 25; i++) {
                        revisions.add(
                                put(store, mine + "-" + i % 3, "host" + i, null).revision());
                    }
                    return revisions;
                });
            }
            for (Future<List<Long>> writer : threads.invokeAll(writers)) {
                given.addAll(writer.get());
            }
        } finally {
            threads.shutdownNow();
        }
        hears(one, 100);
        hears(two, 100);

        List<Long> all = LongStream.rangeClosed(1, 100).boxed().toList();
        assertThat(given).containsExactlyInAnyOrderElementsOf(all);
        assertThat(heard).containsExactlyElementsOf(all);
        List<Event> events = one.eventsAfter(0, 0).orElseThrow();
        assertThat(events)
                .extracting(event -> event.resource().resourceVersion())
                .containsExactlyElementsOf(all);
        assertThat(two.eventsAfter(0, 0).orElseThrow()).hasToString(events.toString());
        assertThat(sorted(one.view())).isEqualTo(sorted(two.view()));
    }

    @Test
    void aChangeThatLosesARaceIsTriedAgainOnWhatTheOtherHasMade() throws Exception {
        Race race = new Race(() -> put(two, "b", "theirs", null));
        engine.before = race;

        ConfigView after = put(one, "a", "mine", 0L);

        assertThat(after.revision()).isEqualTo(2);
        assertThat(after.all()).hasSize(2);
    }

    @Test
    void itsPreconditionsAreCheckedAgain() throws Exception {
        put(two, "a", "first", null);
        hears(one, 1);
        engine.before = new Race(() -> put(two, "a", "theirs", 1L));

        assertThatThrownBy(() -> put(one, "a", "mine", 1L))
                .isInstanceOf(ConflictException.class)
                .hasMessageContaining("since version 1 (it is at 2)");
        assertThat(one.view().get(key("a")).orElseThrow().spec().path("host").asText())
                .isEqualTo("theirs");
    }

    @Test
    void aChangeJudgedByAnOlderConfigurationIsHandedBack() throws Exception {
        ConfigView judged = one.view();
        put(two, "b", "theirs", null);
        hears(one, 1);

        assertThat(one.commit(judged, List.of(new Change.Put(rule("a", "mine"), 0L)), "me"))
                .isEmpty();
        assertThat(one.view().revision()).isEqualTo(1);
    }

    @Test
    void withoutItsEngineAServerKnowsWhatItKnewAndSaysSo() throws Exception {
        put(one, "a", "before", null);
        engine.broken = true;
        engine.watcher.interrupted("no leader");
        time.advance(Duration.ofSeconds(30));
        engine.watcher.interrupted("still none");

        assertThatThrownBy(() -> put(one, "a", "after", null)).isInstanceOf(StoreUnavailableException.class);

        assertThat(one.view().get(key("a")).orElseThrow().spec().path("host").asText())
                .isEqualTo("before");
        assertThat(one.eventsAfter(0, 0).orElseThrow()).hasSize(1);
        assertThat(one.behind()).hasValueSatisfying(behind -> {
            assertThat(behind.since()).isEqualTo(FakeTime.START);
            assertThat(behind.reason()).isEqualTo("still none");
        });

        engine.broken = false;
        engine.watcher.resumed();
        assertThat(one.behind()).isEmpty();
        assertThat(put(one, "a", "after", null).revision()).isEqualTo(2);
    }

    @Test
    void aChangeWhoseOutcomeIsNotKnownIsHeardOfIfItWasMade() throws Exception {
        engine.loseAnswer = true;

        assertThatThrownBy(() -> put(one, "a", "made", null)).isInstanceOf(StoreUnavailableException.class);

        hears(one, 1);
        assertThat(one.view().get(key("a"))).isPresent();
    }

    @Test
    void afterAGapTheViewIsReadAnewAndTheHistorySaysThatItIsNotComplete() throws Exception {
        put(one, "a", "known", null);
        engine.watch.close();
        for (int i = 0; i < 60; i++) {
            put(two, "b" + i, "missed", null);
        }

        engine.watcher.compacted();

        assertThat(one.view().revision()).isEqualTo(61);
        assertThat(one.view().all()).hasSize(61);
        assertThat(one.eventsAfter(1, 0)).isEmpty();
        assertThat(one.eventsAfter(61, 0)).hasValue(List.of());
        assertThat(one.behind()).isEmpty();
        put(two, "c", "heard again", null);
        hears(one, 62);
    }

    @Test
    void whatIsThereAlreadyAsFarAsOneHasHeardIsNotSaidToBeUnchangedWhenAnotherHasChangedIt() throws Exception {
        put(one, "a", "wanted", null);
        hears(two, 1);
        engine.deafOnce();
        put(two, "a", "theirs", null);

        ConfigView after = put(one, "a", "wanted", null);

        assertThat(after.revision()).isEqualTo(3);
        assertThat(shared.scan(Entries.RESOURCES).values())
                .singleElement()
                .satisfies(bytes -> assertThat(new String(bytes, UTF_8)).contains("wanted"));
    }

    @Test
    void aConflictWithWhatIsNotThereAnyMoreIsNone() throws Exception {
        put(one, "a", "first", null);
        hears(two, 1);
        engine.deafOnce();
        two.commit(List.of(new Change.Delete(key("a"), null)));

        assertThat(put(one, "a", "again", 0L).revision()).isEqualTo(3);
    }

    @Test
    void nothingIsSaidToBeUnchangedWhileTheEngineCannotBeAsked() throws Exception {
        put(one, "a", "first", null);
        engine.broken = true;

        assertThatThrownBy(() -> put(one, "a", "first", null)).isInstanceOf(StoreUnavailableException.class);
        assertThatThrownBy(() -> put(one, "a", "other", 0L)).isInstanceOf(StoreUnavailableException.class);
    }

    @Test
    void aListingThatIsOlderThanWhatHasBeenHeardMeanwhileIsNotShown() throws Exception {
        put(one, "a", "first", null);
        List<Long> seen = Collections.synchronizedList(new ArrayList<>());
        one.onChange(view -> seen.add(view.revision()));
        engine.afterListing = new Race(() -> {
            put(two, "a", "second", null);
            hears(one, 2);
        });

        engine.watcher.compacted();

        assertThat(one.view().revision()).isEqualTo(2);
        assertThat(seen).containsExactly(2L);
    }

    @Test
    void aTransactionThatCannotBeReadIsAGapUntilWhatTheStoreHoldsCanBeRead() throws Exception {
        put(one, "a", "first", null);
        shared.change(List.of(), List.of(entry("junk".getBytes(UTF_8)), revision(2)));
        while (one.behind().isEmpty()) {
            Pause.aMoment();
        }
        assertThat(one.view().revision()).as("what was known last is kept").isEqualTo(1);

        shared.change(List.of(), List.of(entry(Entries.bytes(rule("b", "mended"))), revision(3)));

        hears(one, 3);
        while (one.behind().isPresent()) {
            Pause.aMoment();
        }
        put(two, "c", "heard again", null);
        hears(one, 4);
    }

    private static Write entry(byte[] bytes) {
        return new Write(Entries.RESOURCES, Entries.key(key("b")), bytes);
    }

    private static Write revision(long revision) {
        return new Write(Entries.META, Entries.REVISION, Entries.bytes(revision));
    }

    @Test
    void allKeepTheSameVersionsWhoeverMadeThem() throws Exception {
        for (int i = 0; i < VersionLog.OF_A_RESOURCE + 10; i++) {
            put(i % 2 == 0 ? one : two, "a", "host" + i, null);
        }
        hears(one, VersionLog.OF_A_RESOURCE + 10);
        hears(two, VersionLog.OF_A_RESOURCE + 10);

        assertThat(one.versions(key("a"))).hasSize(VersionLog.OF_A_RESOURCE);
        assertThat(two.versions(key("a"))).hasToString(one.versions(key("a")).toString());
        assertThat(shared.scan(VersionLog.TABLE)).hasSize(VersionLog.OF_A_RESOURCE);
    }

    private static void hears(ConfigStore store, long revision) throws InterruptedException {
        while (store.view().revision() < revision) {
            store.eventsAfter(store.view().revision(), 1000);
        }
    }

    private static List<String> sorted(ConfigView view) {
        return view.all().stream().map(Resource::toString).sorted().toList();
    }

    private static ConfigView put(ConfigStore store, String name, String host, Long expected) throws ConflictException {
        return store.commit(List.of(new Change.Put(rule(name, host), expected)));
    }

    private static Resource rule(String name, String host) {
        return Config.resource("{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: " + name
                + "}, spec: {host: " + host + "}}");
    }

    private static ResourceKey key(String name) {
        return new ResourceKey("networking.istio.io", "DestinationRule", "default", name);
    }

    private interface Deed {
        void happen() throws Exception;
    }

    /** Happens once, between a change's being judged and its being made. */
    private static final class Race implements Runnable {
        private final Deed deed;
        private boolean over;

        Race(Deed deed) {
            this.deed = deed;
        }

        @Override
        public void run() {
            if (!over) {
                over = true;
                try {
                    deed.happen();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            }
        }
    }

    /** An engine that a test can do things to. */
    private static final class Switched extends ForwardingEngine {
        private Runnable before = () -> {};
        private volatile boolean broken;
        private boolean loseAnswer;
        private Runnable afterListing = () -> {};
        private Runnable beforeGet = () -> {};
        private Watcher watcher;
        private Watch watch;

        Switched(Engine engine) {
            super(engine);
        }

        /** Says nothing of what happens until the next question, and all of it then. */
        void deafOnce() {
            watch.close();
            long after = engine.revision();
            beforeGet = () -> {
                beforeGet = () -> {};
                watch(Set.of(Entries.RESOURCES, Entries.META), after, watcher);
            };
        }

        @Override
        protected void check() {
            if (broken) {
                throw StoreUnavailableException.nothingChanged("broken on purpose", null);
            }
        }

        @Override
        public Optional<byte[]> get(String table, String key) {
            check();
            beforeGet.run();
            return super.get(table, key);
        }

        @Override
        public boolean change(List<Guard> guards, List<Write> writes) {
            check();
            before.run();
            boolean made = super.change(guards, writes);
            if (loseAnswer) {
                throw StoreUnavailableException.outcomeUnknown("lost on purpose", null);
            }
            return made;
        }

        @Override
        public Listing list(String... tables) {
            Listing listing = super.list(tables);
            afterListing.run();
            return listing;
        }

        @Override
        public Watch watch(Set<String> tables, long after, Watcher told) {
            watcher = told;
            watch = super.watch(tables, after, told);
            return watch;
        }
    }
}
