package io.inmesh.server.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.Config;
import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.ForwardingEngine;
import io.inmesh.server.fixture.Pause;
import io.inmesh.server.store.ConfigStore.Behind;
import io.inmesh.server.store.ConfigStore.Change;
import io.inmesh.server.store.Engine.Watch;
import io.inmesh.server.store.Engine.Watcher;
import io.inmesh.server.store.Engine.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An empty store in the place of one that was not: what was there has vanished, and nobody has deleted it. */
class VanishedStoreTest {

    private final FakeTime time = new FakeTime();
    private final EmbeddedEngine first = EmbeddedEngine.inMemory(time, 1000);
    private final EmbeddedEngine second = EmbeddedEngine.inMemory(time, 1000);
    private final Swapped engine = new Swapped(first);
    private final List<Thread> threads = new ArrayList<>();
    private ConfigStore store;
    private FollowedTables tables;

    @BeforeEach
    void start() throws Exception {
        Schema.check(engine);
        engine.put("denied", "who", new byte[1]);
        store = new ConfigStore(engine, time, 1000, 100);
        store.commit(List.of(new Change.Put(
                Config.resource(
                        "{apiVersion: networking.istio.io/v1, kind: DestinationRule, metadata: {name: a}, spec: {host:"
                                + " reviews}}"),
                null)));
        tables = new FollowedTables(engine, time, "denied");
    }

    @AfterEach
    void stop() throws Exception {
        store.close();
        tables.close();
        for (Thread thread : threads) {
            thread.join();
        }
        first.close();
        second.close();
    }

    @Test
    void whatWasKnownIsKeptAlsoWhenAnotherServerBeginsOnTheEmptyOne() throws Exception {
        engine.now = second;
        readAnew();
        behind();
        assertThat(store.view().all()).hasSize(1);
        assertThat(tables.scan("denied")).containsOnlyKeys("who");

        assertThatThrownBy(() -> store.commit(
                        List.of(new Change.Delete(store.view().all().get(0).key(), null))))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("control-server store restore");
        assertThat(second.list().tables()).as("nothing is changed there").isEmpty();

        Schema.check(second);
        assertThat(store.view().all()).hasSize(1);
        assertThat(tables.scan("denied")).containsOnlyKeys("who");

        engine.now = first;
        until(() -> store.behind().isEmpty() && tables.behind().isEmpty());
        assertThat(store.view().all()).hasSize(1);
    }

    @Test
    void everythingDeletedAtOnceIsNoConfigurationWithoutResources() throws Exception {
        List<Write> gone = new ArrayList<>();
        List<Write> back = new ArrayList<>();
        first.list()
                .tables()
                .forEach((table, entries) -> entries.forEach((key, value) -> {
                    gone.add(new Write(table, key, null));
                    back.add(new Write(table, key, value));
                }));

        first.change(List.of(), gone);
        until(() -> store.behind().isPresent());
        assertThat(store.view().all()).hasSize(1);

        first.change(List.of(), back);
        until(() -> store.behind().isEmpty());
        assertThat(store.view().all()).hasSize(1);
    }

    private void readAnew() {
        for (Watcher watcher : engine.watchers) {
            Thread thread = new Thread(watcher::compacted);
            thread.start();
            threads.add(thread);
        }
    }

    private void behind() {
        until(() -> store.behind().filter(this::named).isPresent()
                && tables.behind().stream().anyMatch(this::named));
    }

    private boolean named(Behind behind) {
        return behind.reason().contains("another one than this server began with");
    }

    private static void until(BooleanSupplier reached) {
        while (!reached.getAsBoolean()) {
            Pause.aMoment();
        }
    }

    /** One engine, and then another. */
    private static final class Swapped extends ForwardingEngine {
        private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
        private volatile Engine now;

        Swapped(Engine first) {
            super(first);
            now = first;
        }

        @Override
        public Optional<byte[]> get(String table, String key) {
            return now.get(table, key);
        }

        @Override
        public boolean change(List<Guard> guards, List<Write> writes) {
            return now.change(guards, writes);
        }

        @Override
        public Listing list(String... names) {
            return now.list(names);
        }

        @Override
        public Watch watch(Set<String> names, long after, Watcher watcher) {
            watchers.add(watcher);
            return now.watch(names, after, watcher);
        }
    }
}
