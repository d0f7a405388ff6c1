package io.inmesh.server.traffic;

import io.inmesh.server.time.Timer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The traffic of the last hour, in memory. Bounded: beyond {@link #MAX_FLOWS} the flow that was seen longest ago makes room, which the
 * counter {@code inmesh.traffic.flows.evicted} tells. Safe for use by several threads.
 */
public final class ObservedTraffic {

    /** How long a flow is remembered after it was seen last. */
    public static final Duration WINDOW = Duration.ofHours(1);

    /** Flows told apart: a thousand services with a hundred callers each. */
    static final int MAX_FLOWS = 100_000;

    private static final float LOAD_FACTOR = 0.75f;

    private final Timer timer;
    private final InstantSource clock;
    private final Instant since;
    private final Counter evicted;
    // Least recently seen first.
    private final LinkedHashMap<Key, Counts> flows = new LinkedHashMap<>(16, LOAD_FACTOR, true);

    /** Which flow: what kind it is of and between whom. */
    private record Key(Kind kind, WorkloadGroup reporter, int port, String connection, String other) {}

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
        Counts counts = flows.computeIfAbsent(key, unseen -> new Counts(minute));
        counts.requests.add(minute, requests);
        counts.marked.add(minute, marked);
        counts.lastNanos = now;
        if (flows.size() > MAX_FLOWS) {
            Iterator<Key> oldest = flows.keySet().iterator();
            oldest.next();
            oldest.remove();
            evicted.increment();
        }
    }

    /** {@return every flow of the last hour} */
    public synchronized List<Flow> flows() {
        long now = timer.nanoTime();
        Instant instant = clock.instant();
        flows.values().removeIf(counts -> now - counts.lastNanos > WINDOW.toNanos());
        List<Flow> all = new ArrayList<>(flows.size());
        for (Map.Entry<Key, Counts> entry : flows.entrySet()) {
            Counts counts = entry.getValue();
            all.add(flow(
                    entry.getKey(),
                    counts.requests.sum(minute(now)),
                    counts.marked.sum(minute(now)),
                    instant.minusNanos(now - counts.lastNanos)));
        }
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
        return flows.size();
    }

    private static long minute(long nanos) {
        return Math.floorDiv(nanos, TimeUnit.MINUTES.toNanos(1));
    }
}
