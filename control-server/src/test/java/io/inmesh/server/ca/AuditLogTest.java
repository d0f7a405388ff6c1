package io.inmesh.server.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.inmesh.server.fixture.FakeTime;
import io.inmesh.server.fixture.ForwardingEngine;
import io.inmesh.server.fixture.MemoryTable;
import io.inmesh.server.store.EmbeddedEngine;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Write;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditLogTest {
    private static final String TABLE = "audit-log";

    private final FakeTime time = new FakeTime();
    private final MemoryTable table = new MemoryTable();
    private final AuditLog log = new AuditLog(table, time);

    @Test
    void entriesAreChainedFromTheFirstOn() {
        log.append("one", "alice", Map.of("a", "1"));
        log.append("two", "bob", Map.of());

        List<AuditEntry> entries = log.entries();

        assertThat(entries).extracting(AuditEntry::number).containsExactly(1L, 2L);
        assertThat(entries.get(0).previous()).isEqualTo(AuditEntry.NO_HASH);
        assertThat(entries.get(1).previous()).isEqualTo(entries.get(0).hash());
        assertThat(log.head()).isEqualTo(new AuditLog.Head(2, entries.get(1).hash()));
        assertThat(log.verify().problem()).isNull();
    }

    /** What hash() promises to others, computed here with other software: printf ... | sha256sum. */
    @Test
    void anybodyCanComputeTheHash() {
        AuditEntry entry =
                new AuditEntry(1, FakeTime.START, "token-created", "rest", Map.of("token", "ä"), AuditEntry.NO_HASH);

        assertThat(entry.hash()).isEqualTo("9f13e653d00d17899061925f810970be84b2fa7678b1e0cb3e2e8b4382c28c41");
    }

    @Test
    void anEntryIsTheSameAfterItHasBeenJson() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("z", "line\nline\u0000\"");
        facts.put("a", "é\uD83D\uDE00");
        log.append("odd", "someone", facts);

        AuditEntry entry = log.entries().get(0);

        assertThat(entry.facts()).isEqualTo(facts);
        assertThat(AuditEntry.of(entry.json())).isEqualTo(entry);
        assertThat(entry.json().path("hash").asText()).isEqualTo(log.head().hash());
    }

    @Test
    void aChangedEntryIsFound() {
        fill(5);
        String stored = new String(table.get(TABLE, key(3)).orElseThrow(), StandardCharsets.UTF_8);
        table.put(TABLE, key(3), stored.replace("event-3", "event-X").getBytes(StandardCharsets.UTF_8));

        assertThat(log.verify().problem()).contains("entry 4 does not follow");
    }

    @Test
    void aRemovedEntryIsFound() {
        fill(5);
        table.delete(TABLE, key(2));

        assertThat(log.verify().problem()).isEqualTo("entry 2 is missing");
    }

    @Test
    void aRewrittenNewestEntryIsFound() {
        fill(2);
        AuditEntry newest = log.entries().get(1);
        table.put(
                TABLE,
                key(2),
                new AuditEntry(2, newest.time(), "harmless", newest.actor(), Map.of(), newest.previous()).bytes());

        assertThat(log.verify().problem()).contains("not the one last written");
    }

    @Test
    void theOldestGoWhenThereAreTooMany() {
        AuditLog small = new AuditLog(table, time, Runnable::run, 3);
        for (int i = 0; i < 10; i++) {
            small.append("e", "a", Map.of());
        }

        assertThat(small.entries()).extracting(AuditEntry::number).containsExactly(8L, 9L, 10L);
        assertThat(table.scan(TABLE)).hasSize(3);
        assertThat(small.verify())
                .isEqualTo(new AuditLog.Verification(8, 10, small.head().hash(), null));
    }

    @Test
    void tooLongValuesAndTooManyFactsAreCutAndSaySo() {
        Map<String, String> facts = new LinkedHashMap<>();
        for (int i = 0; i < 40; i++) {
            facts.put("fact-" + i, "x".repeat(10_000));
        }
        log.append("big", "a".repeat(5_000), facts);

        AuditEntry entry = log.entries().get(0);

        assertThat(entry.facts()).hasSize(AuditLog.MAX_FACTS + 1).containsEntry("left-out", "8 more facts");
        assertThat(entry.facts().get("fact-0"))
                .endsWith("... (10000 characters in all)")
                .hasSizeLessThan(AuditLog.MAX_VALUE + 50);
        assertThat(entry.actor()).hasSizeLessThan(400);
    }

    @Test
    void whatComesWhileOthersAreWrittenIsWrittenTogether() {
        Queue<Runnable> tasks = new ArrayDeque<>();
        Counting engine = new Counting(table);
        AuditLog batching = new AuditLog(engine, time, tasks::add, 100);
        List<CompletableFuture<AuditEntry>> written = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            written.add(batching.submit("e", "a", Map.of("i", Integer.toString(i))));
        }
        assertThat(written).noneMatch(CompletableFuture::isDone);

        tasks.remove().run();

        assertThat(tasks).isEmpty();
        assertThat(engine.changes).isEqualTo(1);
        assertThat(written).allMatch(CompletableFuture::isDone);
        assertThat(batching.entries()).extracting(e -> e.facts().get("i")).startsWith("0", "1", "2");
    }

    @Test
    void anEntryThatCouldNotBeWrittenIsReported() {
        Counting engine = new Counting(table);
        engine.broken = true;
        AuditLog failing = new AuditLog(engine, time);

        assertThatThrownBy(() -> failing.append("e", "a", Map.of())).hasMessageContaining("audit log");
        engine.broken = false;
        failing.append("e", "a", Map.of());

        assertThat(failing.entries()).hasSize(1);
        assertThat(failing.verify().problem()).isNull();
    }

    @Test
    void noMoreWaitThanFitInMemory() {
        AuditLog stuck = new AuditLog(table, time, task -> {}, 100);
        for (int i = 0; i < AuditLog.MAX_WAITING; i++) {
            stuck.submit("e", "a", Map.of());
        }

        assertThat(stuck.submit("e", "a", Map.of())).isCompletedExceptionally();
    }

    @Test
    void twoServersThatShareAnEngineShareOneChain() {
        AuditLog other = new AuditLog(table, time);
        for (int i = 0; i < 3; i++) {
            log.append("mine", "a", Map.of());
            other.append("theirs", "b", Map.of());
        }

        assertThat(log.entries()).hasSize(6).isEqualTo(other.entries());
        assertThat(other.verify().problem()).isNull();
    }

    @Test
    void theChainGoesOnAfterARestart(@TempDir Path folder) throws Exception {
        try (EmbeddedEngine engine = EmbeddedEngine.open(folder)) {
            new AuditLog(engine, time).append("before", "a", Map.of());
        }
        try (EmbeddedEngine engine = EmbeddedEngine.open(folder)) {
            AuditLog reopened = new AuditLog(engine, time);
            reopened.append("after", "a", Map.of());

            assertThat(reopened.entries()).extracting(AuditEntry::event).containsExactly("before", "after");
            assertThat(reopened.verify().problem()).isNull();
        }
    }

    private void fill(int count) {
        for (int i = 1; i <= count; i++) {
            log.append("event-" + i, "a", Map.of());
        }
    }

    private static String key(long number) {
        return String.format("%019d", number);
    }

    /** Counts changes, and fails them on request. */
    private static final class Counting extends ForwardingEngine {
        private int changes;
        private boolean broken;

        Counting(MemoryTable table) {
            super(table);
        }

        @Override
        public boolean change(List<Guard> guards, List<Write> writes) {
            if (broken) {
                throw new IllegalStateException("no space left on device");
            }
            changes++;
            return super.change(guards, writes);
        }
    }
}
