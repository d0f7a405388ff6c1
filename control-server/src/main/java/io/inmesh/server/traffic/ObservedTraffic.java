package io.inmesh.server.traffic;

import io.inmesh.server.time.Timer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The traffic of the last hour, in memory. Bounded in number and in size: beyond {@link #MAX_OF_IDENTITY} or {@link #MAX_SIZE_OF_IDENTITY} the
 * flow that makes room is the one that a service account reported longest ago, and beyond {@link #MAX_FLOWS} or {@link #MAX_SIZE} that of the
 * service account that takes most, so that nobody pushes out what others report. The counter {@code inmesh.traffic.flows.evicted} tells.
 * Safe for use by several threads.
 */
public final class ObservedTraffic {

    /** How long a flow is remembered after it was seen last. */
    public static final Duration WINDOW = Duration.ofHours(1);

    /** Flows told apart: a thousand services with a hundred callers each. */
    static final int MAX_FLOWS = 100_000;

    /** Flows told apart for one service account. */
    static final int MAX_OF_IDENTITY = 20_000;

    /** Characters of all flows together. */
    static final long MAX_SIZE = 256L << 20;

    /** Characters of the flows of one service account; those of 20,000 usual ones are half of it. */
    static final long MAX_SIZE_OF_IDENTITY = 16L << 20;

    /** About what a flow takes beside its texts. */
    private static final int EACH = 200;

    private static final float LOAD_FACTOR = 0.75f;

    private final Timer timer;
    private final InstantSource clock;
    private final Instant since;
    private final Counter evicted;
    private final Map<String, Held> byIdentity = new HashMap<>();
    private int count;
    private long size;

    /** Which flow: what kind it is of and between whom. */
    private record Key(Kind kind, WorkloadGroup reporter, int port, String connection, String other) {
        long size() {
            long labels = 0;
            for (Map.Entry<String, String> label : reporter.labels().entrySet()) {
                labels += label.getKey().length() + label.getValue().length();
            }
            return EACH + labels + connection.length() + other.length();
        }
    }

    /** What one service account reported. */
    private static final class Held {
        // Least recently seen first.
        private final LinkedHashMap<Key, Counts> flows = new LinkedHashMap<>(16, LOAD_FACTOR, true);
        private long size;
    }

    private enum Kind {
        INBOUND,
        OUTBOUND,
        SHADOW_DENIED
    }

    private static final class Counts {

        private final HourlyCount requests;
        private final HourlyCount marked;
        private long lastNanos;

        Counts(long minute) {
            requests = new HourlyCount(minute);
            marked = new HourlyCount(minute);
        }
    }

    /** Nothing seen yet. */
    public ObservedTraffic(Timer timer, InstantSource clock, MeterRegistry meters) {
        this.timer = timer;
        this.clock = clock;
        this.since = clock.instant();
        this.evicted = Counter.builder("inmesh.traffic.flows.evicted")
                .description("Flows forgotten before their time because there were too many")
                .register(meters);
        meters.gauge("inmesh.traffic.flows", this, ObservedTraffic::size);
    }

    /** {@return since when traffic is observed, which is an hour at most} */
    public Instant since() {
        Instant oldest = clock.instant().minus(WINDOW);
        return since.isBefore(oldest) ? oldest : since;
    }

    /** Adds requests that came to {@code called}; {@code refused} of them were refused by security. */
    public void inbound(
            WorkloadGroup called, int port, Flow.Connection connection, String source, long requests, long refused) {
        add(new Key(Kind.INBOUND, called, port, connection.name(), source), requests, refused);
    }

    /** Adds requests that {@code caller} sent to a service; {@code plaintext} of them over connections without the mesh's TLS. */
    public void outbound(WorkloadGroup caller, int port, String host, long requests, long plaintext) {
        add(new Key(Kind.OUTBOUND, caller, port, "", host), requests, plaintext);
    }

    /** Adds requests to {@code called} that {@code policy}, which is in a dry run, would have refused. */
    public void shadowDenied(WorkloadGroup called, String policy, String source, long requests) {
        add(new Key(Kind.SHADOW_DENIED, called, 0, policy, source), requests, 0);
    }

    private synchronized void add(Key key, long requests, long marked) {
        long now = timer.nanoTime();
        long minute = minute(now);
        Held held = byIdentity.computeIfAbsent(
                key.reporter().namespace() + "/" + key.reporter().serviceAccount(), unseen -> new Held());
        Counts counts = held.flows.get(key);
        if (counts == null) {
            counts = new Counts(minute);
            held.flows.put(key, counts);
            grow(held, 1, key.size());
        }
        counts.requests.add(minute, requests);
        counts.marked.add(minute, marked);
        counts.lastNanos = now;
        while (held.flows.size() > MAX_OF_IDENTITY || held.size > MAX_SIZE_OF_IDENTITY) {
            evictOldest(held);
        }
        while (count > MAX_FLOWS || size > MAX_SIZE) {
            evictOldest(Collections.max(byIdentity.values(), Comparator.comparingLong(one -> one.size)));
        }
    }

    private void evictOldest(Held held) {
        Iterator<Key> oldest = held.flows.keySet().iterator();
        long freed = oldest.next().size();
        oldest.remove();
        grow(held, -1, -freed);
        evicted.increment();
    }

    private void grow(Held held, int flows, long by) {
        count += flows;
        held.size += by;
        size += by;
    }

    /** {@return every flow of the last hour} */
    public synchronized List<Flow> flows() {
        long now = timer.nanoTime();
        Instant instant = clock.instant();
        List<Flow> all = new ArrayList<>(count);
        for (Held held : byIdentity.values()) {
            held.flows.entrySet().removeIf(entry -> {
                boolean old = now - entry.getValue().lastNanos > WINDOW.toNanos();
                if (old) {
                    grow(held, -1, -entry.getKey().size());
                }
                return old;
            });
            held.flows.forEach((key, counts) -> all.add(flow(
                    key,
                    counts.requests.sum(minute(now)),
                    counts.marked.sum(minute(now)),
                    instant.minusNanos(now - counts.lastNanos))));
        }
        byIdentity.values().removeIf(held -> held.flows.isEmpty());
        return all;
    }

    private static Flow flow(Key key, long requests, long marked, Instant lastSeen) {
        return switch (key.kind()) {
            case INBOUND ->
                new Flow.Inbound(
                        key.reporter(),
                        key.port(),
                        Flow.Connection.valueOf(key.connection()),
                        key.other(),
                        requests,
                        marked,
                        lastSeen);
            case OUTBOUND -> new Flow.Outbound(key.reporter(), key.port(), key.other(), requests, marked, lastSeen);
            case SHADOW_DENIED ->
                new Flow.ShadowDenied(key.reporter(), key.connection(), key.other(), requests, lastSeen);
        };
    }

    private synchronized int size() {
        return count;
    }

    private static long minute(long nanos) {
        return Math.floorDiv(nanos, TimeUnit.MINUTES.toNanos(1));
    }
}
