package io.inmesh.server.store;

import static io.inmesh.server.store.RecordingWatcher.COMPACTED;
import static io.inmesh.server.store.RecordingWatcher.replay;
import static io.inmesh.server.store.RecordingWatcher.texts;
import static org.assertj.core.api.Assertions.assertThat;

import io.inmesh.server.store.Engine.Listing;
import io.inmesh.server.store.Engine.Transaction;
import io.inmesh.server.store.Engine.Watch;
import io.inmesh.server.store.Engine.Watcher;
import io.inmesh.server.store.Engine.Write;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every engine promises to those who list and watch. */
public abstract class EngineWatchContract extends EngineContract {

    /** Makes the engine forget what happened up to now, but not what is. */
    protected abstract void compact() throws Exception;

    @Test
    void everyChangeTakesAGreaterRevisionAndARefusedOneTakesNone() {
        long before = engine.revision();
        engine.put("t", "k", bytes("one"));
        long first = engine.revision();
        assertThat(engine.compareAndSet("t", "k", bytes("x"), bytes("y"))).isFalse();
        long refused = engine.revision();
        engine.delete("t", "k");

        assertThat(first).isGreaterThan(before);
        assertThat(refused).isEqualTo(first);
        assertThat(engine.revision()).isGreaterThan(first);
    }

    @Test
    void aListingSaysWhichRevisionItIsOf() {
        engine.put("t", "b", bytes("2"));
        engine.change(List.of(), List.of(new Write("t", "a", bytes("1")), new Write("u", "c", bytes("3"))));

        Listing some = engine.list("t", "absent");
        Listing all = engine.list();

        assertThat(some.revision()).isEqualTo(engine.revision());
        assertThat(some.tables().keySet()).containsExactly("t");
        assertThat(some.table("t").keySet()).containsExactly("a", "b");
        assertThat(some.table("absent")).isEmpty();
        assertThat(all.tables().keySet()).containsExactly("t", "u");
        assertThat(texts(all.table("u"))).isEqualTo(Map.of("c", "3"));
    }

    @Test
    void tablesOfOneListingAreOfOneMoment() throws Exception {
        ExecutorService threads = Executors.newSingleThreadExecutor();
        try {
            Future<?> writing = threads.submit(() -> {
                for (int i = 0; i < 200; i++) {
                    byte[] same = bytes("round " + i);
                    engine.change(List.of(), List.of(new Write("t", "k", same), new Write("u", "k", same)));
                }
            });
            Listing listing;
            do {
                listing = engine.list("u", "t");
                assertThat(texts(listing.table("t"))).isEqualTo(texts(listing.table("u")));
            } while (!writing.isDone());
            writing.get();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aWatcherIsToldOfWhatHappenedAndWhatHappensEachTransactionAsAWhole() throws Exception {
        engine.put("t", "before", bytes("x"));
        long after = engine.revision();
        engine.change(List.of(), List.of(new Write("t", "a", bytes("1")), new Write("u", "b", bytes("2"))));
        long first = engine.revision();
        RecordingWatcher watcher = new RecordingWatcher();
        try (Watch watch = engine.watch(Set.of("t", "u"), after, watcher)) {
            engine.change(List.of(), List.of(new Write("u", "b", null), new Write("t", "a", bytes("3"))));
            long second = engine.revision();

            List<Transaction> told = watcher.until(second);

            assertThat(told).extracting(Transaction::revision).containsExactly(first, second);
            assertThat(told.get(0).writes()).extracting(Write::key).containsExactlyInAnyOrder("a", "b");
            assertThat(told.get(1).writes())
                    .filteredOn(write -> write.value() == null)
                    .extracting(Write::table, Write::key)
                    .containsExactly(org.assertj.core.groups.Tuple.tuple("u", "b"));
        }
    }

    @Test
    void aWatcherIsToldOfItsTablesOnly() throws Exception {
        RecordingWatcher watcher = new RecordingWatcher();
        try (Watch watch = engine.watch(Set.of("t"), engine.revision(), watcher)) {
            engine.put("tt", "k", bytes("of a table whose name begins alike"));
            engine.change(List.of(), List.of(new Write("u", "k", bytes("1")), new Write("t", "k", bytes("2"))));

            Transaction told = watcher.next();

            assertThat(told.revision()).isEqualTo(engine.revision());
            assertThat(told.writes()).extracting(Write::table).containsExactly("t");
        }
    }

    @Test
    void whoListsAndWatchesFromThereMissesNothingAndHearsNothingTwice() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> writing = new ArrayList<>();
            for (int w = 0; w < 2; w++) {
                String mine = "w" + w;
                writing.add(threads.submit(() -> {
                    for (int i = 0; i < 150; i++) {
                        engine.put("t", mine + "-" + i % 7, bytes(mine + i));
                        engine.delete("t", mine + "-" + (i + 3) % 7);
                    }
                }));
            }
            Listing listing = engine.list("t");
            Map<String, String> copy = texts(listing.table("t"));
            long known = listing.revision();
            List<Transaction> told = new ArrayList<>();
            boolean written;
            do {
                written = writing.stream().allMatch(Future::isDone);
                // A watch that ends and another that goes on from there, again and again.
                RecordingWatcher watcher = new RecordingWatcher();
                long end = engine.revision();
                try (Watch watch = engine.watch(Set.of("t"), known, watcher)) {
                    if (end > known) {
                        told.addAll(watcher.until(end));
                    }
                }
                told.addAll(watcher.rest());
                known = told.isEmpty()
                        ? known
                        : Math.max(known, told.get(told.size() - 1).revision());
            } while (!written);
            for (Future<?> writer : writing) {
                writer.get();
            }

            replay(told, "t", copy);
            assertThat(copy).isEqualTo(texts(engine.scan("t")));
            assertThat(told).extracting(Transaction::revision).isSorted().doesNotHaveDuplicates();
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aWatchOverAGapIsToldThatItIsOneAndListingHelps() throws Exception {
        engine.put("t", "a", bytes("1"));
        long tooLongAgo = engine.revision();
        engine.put("t", "a", bytes("2"));
        engine.put("t", "a", bytes("3"));
        compact();
        RecordingWatcher watcher = new RecordingWatcher();
        try (Watch watch = engine.watch(Set.of("t"), tooLongAgo, watcher)) {
            assertThat(watcher.next()).isSameAs(COMPACTED);
        }

        Listing listing = engine.list("t");
        RecordingWatcher again = new RecordingWatcher();
        try (Watch watch = engine.watch(Set.of("t"), listing.revision(), again)) {
            engine.put("t", "a", bytes("4"));

            assertThat(texts(listing.table("t"))).isEqualTo(Map.of("a", "3"));
            assertThat(again.next().revision()).isEqualTo(engine.revision());
        }
    }

    @Test
    void aWatcherThatIsSlowDelaysNobodyAndHearsEverything() throws Exception {
        CountDownLatch holds = new CountDownLatch(1);
        RecordingWatcher slow = new RecordingWatcher();
        Watcher holding = new Watcher() {
            @Override
            public void changed(Transaction transaction) {
                try {
                    holds.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                slow.changed(transaction);
            }

            @Override
            public void compacted() {
                slow.compacted();
            }
        };
        RecordingWatcher quick = new RecordingWatcher();
        long after = engine.revision();
        try (Watch first = engine.watch(Set.of("t"), after, holding);
                Watch second = engine.watch(Set.of("t"), after, quick)) {
            for (int i = 0; i < 5; i++) {
                engine.put("t", "k", bytes("" + i));
            }
            assertThat(quick.until(engine.revision())).hasSize(5);
            holds.countDown();
            assertThat(slow.until(engine.revision())).hasSize(5);
        }
    }

    @Test
    void aWatcherThatFailsIsToldOfTheNextChangeAllTheSame() throws Exception {
        RecordingWatcher watcher = new RecordingWatcher();
        Watcher failing = new Watcher() {
            @Override
            public void changed(Transaction transaction) {
                watcher.changed(transaction);
                throw new IllegalStateException("on purpose");
            }

            @Override
            public void compacted() {
                watcher.compacted();
            }
        };
        try (Watch watch = engine.watch(Set.of("t"), engine.revision(), failing)) {
            engine.put("t", "k", bytes("1"));
            watcher.until(engine.revision());
            engine.put("t", "k", bytes("2"));
            watcher.until(engine.revision());
        }
        assertThat(watcher.rest()).isEmpty();
    }

    @Test
    void aWatchCanBeEndedByItsWatcherAndHearsNoMore() throws Exception {
        RecordingWatcher heard = new RecordingWatcher();
        CompletableFuture<Watch> own = new CompletableFuture<>();
        RecordingWatcher other = new RecordingWatcher();
        Watcher once = new Watcher() {
            @Override
            public void changed(Transaction transaction) {
                own.join().close();
                heard.changed(transaction);
            }

            @Override
            public void compacted() {
                heard.compacted();
            }
        };
        long after = engine.revision();
        own.complete(engine.watch(Set.of("t"), after, once));
        engine.put("t", "k", bytes("1"));
        heard.until(engine.revision());
        engine.put("t", "k", bytes("2"));
        try (Watch watch = engine.watch(Set.of("t"), after, other)) {
            other.until(engine.revision());
        }

        own.join().close();
        assertThat(heard.rest()).isEmpty();
    }

    @Test
    void closingTheEngineEndsThoseWhoWait() throws Exception {
        RecordingWatcher watcher = new RecordingWatcher();
        engine.watch(Set.of("t"), engine.revision(), watcher);
        engine.put("t", "k", bytes("1"));
        watcher.next();

        engine.close();
        engine.close();

        assertThat(watcher.rest()).isEmpty();
    }

    @Test
    void largeValuesAndManyKeysComeBackAsTheyWere() throws Exception {
        byte[] large = new byte[700_000];
        new java.util.Random(7).nextBytes(large);
        RecordingWatcher watcher = new RecordingWatcher();
        Map<String, String> wanted = new TreeMap<>();
        try (Watch watch = engine.watch(Set.of("large", "many"), engine.revision(), watcher)) {
            engine.put("large", "one", large);
            engine.put("large", "two/with a space, ü and \u20ac", large);
            engine.put("large", "none", new byte[0]);
            for (int i = 0; i < 60; i++) {
                List<Write> writes = new ArrayList<>();
                for (int k = 0; k < 50; k++) {
                    String key = "key/" + (i * 50 + k) * 7919 % 3000;
                    wanted.put(key, "value " + i);
                    writes.add(new Write("many", key, bytes("value " + i)));
                }
                engine.change(List.of(), writes);
            }
            Listing listing = engine.list("large", "many");

            assertThat(listing.table("large").keySet())
                    .containsExactly("none", "one", "two/with a space, ü and \u20ac");
            assertThat(listing.table("large").get("one")).isEqualTo(large);
            assertThat(listing.table("large").get("none")).isEmpty();
            assertThat(texts(listing.table("many"))).isEqualTo(wanted).hasSize(3000);
            Map<String, String> copy = new TreeMap<>();
            replay(watcher.until(engine.revision()), "many", copy);
            assertThat(copy).isEqualTo(wanted);
        }
    }
}
