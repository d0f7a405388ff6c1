package io.inmesh.server.ca;

import io.inmesh.server.store.Engine;
import io.inmesh.server.store.Engine.Guard;
import io.inmesh.server.store.Engine.Write;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What was done and what was refused, in order. Entries are only ever added, each chained to the one before ({@link AuditEntry}); the
 * oldest go when there are more than {@link #MAX_ENTRIES}. No secret may be put in.
 *
 * <p>Entries that come while others are being written are written together, so the log keeps up with far more of them than the disk has
 * transactions for. Safe for use by several threads, and by several servers if the engine below is shared.
 */
public final class AuditLog {
    /** How many entries are kept: half a year of a thousand workloads. */
    static final long MAX_ENTRIES = 400_000;

    /** Longest value of a fact, in characters; of longer ones the rest is left out and its length told. */
    public static final int MAX_VALUE = 8_192;

    /** Most facts of an entry; of more the rest is left out and their number told in {@code left-out}. */
    public static final int MAX_FACTS = 32;

    /** Entries that may wait to be written; if the store is that far behind, what needs an entry is refused. */
    static final int MAX_WAITING = 10_000;

    /** Entries looked at for one page, so that no question keeps the store busy for long. */
    static final int MAX_LOOKED_AT = 20_000;

    private static final int MAX_BATCH = 256;
    private static final int MAX_NAME = 256;
    private static final int MAX_ATTEMPTS = 100;
    private static final String ENTRIES = "audit-log";
    private static final String HEADS = "audit-head";
    private static final String HEAD = "head";

    private final Engine engine;
    private final InstantSource clock;
    private final Executor writer;
    private final long maxEntries;

    private final Object lock = new Object();
    private final Deque<Waiting> waiting = new ArrayDeque<>();
    private boolean writing;

    /**
     * The newest entry.
     *
     * @param number its number; 0 if there is none
     * @param hash its hash; {@link AuditEntry#NO_HASH} if there is none. Whoever keeps it elsewhere can tell later that everything up to
     *     it is still as it was
     */
    public record Head(long number, String hash) {
        static final Head NONE = new Head(0, AuditEntry.NO_HASH);
    }

    /**
     * What a look at the whole chain found.
     *
     * @param first number of the oldest entry kept
     * @param last number of the newest entry
     * @param hash hash of the newest entry
     * @param problem what is wrong; null if every entry is as it was written
     */
    public record Verification(
            long first, long last, String hash, @Nullable String problem) {}

    private record Waiting(
            Instant time,
            String event,
            String actor,
            Map<String, String> facts,
            CompletableFuture<AuditEntry> written) {}

    /** Keeps entries in {@code engine}, and writes each on the thread that adds it. */
    public AuditLog(Engine engine, InstantSource clock) {
        this(engine, clock, Runnable::run, MAX_ENTRIES);
    }

    /** Keeps entries in {@code engine}, and writes on {@code writer} whatever has come until it gets to it. */
    public AuditLog(Engine engine, InstantSource clock, Executor writer) {
        this(engine, clock, writer, MAX_ENTRIES);
    }

    AuditLog(Engine engine, InstantSource clock, Executor writer, long maxEntries) {
        this.engine = engine;
        this.clock = clock;
        this.writer = writer;
        this.maxEntries = maxEntries;
    }

    /**
     * Adds an entry; it is on disk when this returns.
     *
     * @param event what happened, such as {@code certificate-issued}: lower-case words with hyphens
     * @param actor who did it or asked for it
     * @param facts names and values, in the order to keep; bounded by {@link #MAX_VALUE} and {@link #MAX_FACTS}
     * @throws IllegalStateException if it could not be written; then what it tells of must not happen
     */
    public void append(String event, String actor, Map<String, String> facts) {
        try {
            submit(event, actor, facts).join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the audit log cannot be written", e.getCause());
        }
    }

    /**
     * Adds an entry soon.
     *
     * @return the entry when it is on disk; fails if it could not be written. Its dependents run on the log's own thread and must be short
     */
    public CompletableFuture<AuditEntry> submit(String event, String actor, Map<String, String> facts) {
        CompletableFuture<AuditEntry> written = new CompletableFuture<>();
        synchronized (lock) {
            if (waiting.size() >= MAX_WAITING) {
                return CompletableFuture.failedFuture(
                        new IllegalStateException(MAX_WAITING + " entries wait for the store already"));
            }
            waiting.add(new Waiting(clock.instant(), event, cut(actor, MAX_NAME), bounded(facts), written));
            if (writing) {
                return written;
            }
            writing = true;
        }
        try {
            writer.execute(this::drain);
        } catch (RejectedExecutionException e) {
            failAll(e);
        }
        return written;
    }

    /** {@return the newest entry's number and hash} */
    public Head head() {
        return engine.get(HEADS, HEAD).map(AuditLog::head).orElse(Head.NONE);
    }

    /** {@return an entry, empty if there is none of that number any more or yet} */
    public Optional<AuditEntry> entry(long number) {
        return engine.get(ENTRIES, key(number)).map(AuditEntry::of);
    }

    /**
     * Some entries.
     *
     * @param entries in order
     * @param next number of the first entry that was not looked at
     * @param head the newest entry there was
     */
    public record Page(List<AuditEntry> entries, long next, Head head) {}

    /**
     * {@return entries in order, of no more than {@link #MAX_LOOKED_AT} looked at}
     *
     * @param from number of the first one to look at
     * @param filter which ones are wanted
     * @param limit how many at most
     */
    public Page page(long from, Predicate<AuditEntry> filter, int limit) {
        List<AuditEntry> found = new ArrayList<>();
        Head head = head();
        long last = head.number();
        long number = Math.max(from, first(last));
        long end = Math.min(last, number + MAX_LOOKED_AT - 1);
        for (; number <= end && found.size() < limit; number++) {
            entry(number).filter(filter).ifPresent(found::add);
        }
        return new Page(found, number, head);
    }

    /** {@return the number of the first entry of {@code time} or later; that of the entry to come if there is none} */
    public long firstSince(Instant time) {
        long last = head().number();
        long low = first(last);
        long high = last + 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (entry(middle).filter(entry -> !entry.time().isBefore(time)).isPresent()) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** {@return all entries, oldest first} */
    public List<AuditEntry> entries() {
        List<AuditEntry> all = new ArrayList<>();
        long last = head().number();
        for (long number = first(last); number <= last; number++) {
            entry(number).ifPresent(all::add);
        }
        return all;
    }

    /** {@return whether every entry that is kept is as it was written, from the oldest one to the newest} */
    public Verification verify() {
        Head head = head();
        long first = first(head.number());
        String previous = null;
        for (long number = first; number <= head.number(); number++) {
            AuditEntry entry = entry(number).orElse(null);
            if (entry == null) {
                return new Verification(first, head.number(), head.hash(), "entry " + number + " is missing");
            }
            if (entry.number() != number
                    || (previous != null && !entry.previous().equals(previous))) {
                return new Verification(
                        first,
                        head.number(),
                        head.hash(),
                        "entry " + number + " does not follow the one before; one of the two has been changed");
            }
            previous = entry.hash();
        }
        boolean whole = previous == null ? head.equals(Head.NONE) : previous.equals(head.hash());
        return new Verification(
                first, head.number(), head.hash(), whole ? null : "the newest entry is not the one last written");
    }

    private long first(long last) {
        return Math.max(1, last - maxEntries + 1);
    }

    private void drain() {
        for (List<Waiting> batch = next(); !batch.isEmpty(); batch = next()) {
            try {
                List<AuditEntry> entries = write(batch);
                for (int i = 0; i < entries.size(); i++) {
                    batch.get(i).written().complete(entries.get(i));
                }
            } catch (RuntimeException e) {
                batch.forEach(one -> one.written().completeExceptionally(e));
            }
        }
    }

    private List<Waiting> next() {
        synchronized (lock) {
            List<Waiting> batch = new ArrayList<>();
            while (!waiting.isEmpty() && batch.size() < MAX_BATCH) {
                batch.add(waiting.remove());
            }
            writing = !batch.isEmpty();
            return batch;
        }
    }

    private void failAll(RuntimeException cause) {
        List<Waiting> all;
        synchronized (lock) {
            all = List.copyOf(waiting);
            waiting.clear();
            writing = false;
        }
        all.forEach(one -> one.written().completeExceptionally(cause));
    }

    /** In one transaction, guarded by the head: another server that shares the engine may have been faster. */
    private List<AuditEntry> write(List<Waiting> batch) {
        for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
            byte[] before = engine.get(HEADS, HEAD).orElse(null);
            Head head = before == null ? Head.NONE : head(before);
            List<AuditEntry> entries = new ArrayList<>();
            List<Write> writes = new ArrayList<>();
            for (Waiting one : batch) {
                AuditEntry entry = new AuditEntry(
                        head.number() + 1, one.time(), one.event(), one.actor(), one.facts(), head.hash());
                entries.add(entry);
                head = new Head(entry.number(), entry.hash());
                writes.add(new Write(ENTRIES, key(entry.number()), entry.bytes()));
                if (entry.number() > maxEntries) {
                    writes.add(new Write(ENTRIES, key(entry.number() - maxEntries), null));
                }
            }
            writes.add(new Write(HEADS, HEAD, bytes(head)));
            if (engine.change(List.of(new Guard(HEADS, HEAD, before)), writes)) {
                return entries;
            }
        }
        throw new IllegalStateException("too many servers write to the audit log at the same moment");
    }

    private static Map<String, String> bounded(Map<String, String> facts) {
        Map<String, String> bounded = new LinkedHashMap<>();
        facts.forEach((name, value) -> {
            if (bounded.size() < MAX_FACTS) {
                bounded.put(cut(name, MAX_NAME), cut(value, MAX_VALUE));
            }
        });
        if (facts.size() > MAX_FACTS) {
            bounded.put("left-out", facts.size() - MAX_FACTS + " more facts");
        }
        return bounded;
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most) + "... (" + text.length() + " characters in all)";
    }

    private static Head head(byte[] bytes) {
        String[] parts = new String(bytes, StandardCharsets.US_ASCII).split(" ", -1);
        return new Head(Long.parseLong(parts[0]), parts[1]);
    }

    private static byte[] bytes(Head head) {
        return (head.number() + " " + head.hash()).getBytes(StandardCharsets.US_ASCII);
    }

    private static String key(long number) {
        return String.format("%019d", number);
    }
}
