package io.inmesh.server.graph;

import io.inmesh.server.time.Timer;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What processes reported in the last hour, in memory. It begins empty and says since when it knows.
 *
 * <p>Bounded in number and in bytes: an identity has at most {@link #MAX_OF_IDENTITY} series of {@link #MAX_BYTES_OF_IDENTITY}, what goes
 * beyond is counted as one; of all, beyond {@link #MAX_SERIES} or {@link #MAX_BYTES}, the one that was added to longest ago makes room,
 * which the counter {@code inmesh.graph.series.evicted} tells. Time is that
 * of a clock that is never set; wall-clock time is for display. Safe for use by several threads.
 */
public final class TrafficGraph {

    /** How long counts are kept. */
    public static final Duration KEPT = Duration.ofHours(1);

    /** The length of a step of time. */
    public static final Duration STEP = Duration.ofSeconds(10);

    /** Series told apart: 10,000 edges reported by both sides, and as many more for routes. */
    static final int MAX_SERIES = 40_000;

    /** Series told apart for one service account. */
    static final int MAX_OF_IDENTITY = 4_000;

    /** Bytes of counts kept: four times what 10,000 edges of an hour take. */
    static final long MAX_BYTES = 512L << 20;

    /** Bytes of counts kept for one service account. */
    static final long MAX_BYTES_OF_IDENTITY = 64L << 20;

    private static final float LOAD_FACTOR = 0.75f;
    private static final long STEP_NANOS = STEP.toNanos();

    private final Timer timer;
    private final InstantSource clock;
    private final long beganNanos;
    private final Counter evicted;
    private final Counter folded;
    // Least recently added to first.
    private final LinkedHashMap<Subject, Series> series = new LinkedHashMap<>(16, LOAD_FACTOR, true);
    private final Map<String, Held> ofIdentity = new HashMap<>();
    private final long mostBytes;
    private final long mostBytesOfIdentity;
    private long bytes;
    /** The step in which what is old was forgotten last. */
    private long forgotten;

    /** What is kept for one service account. */
    private static final class Held {
        int series;
        long bytes;
    }

    /** Knows nothing yet. */
    public TrafficGraph(Timer timer, InstantSource clock, MeterRegistry meters) {
        this(timer, clock, meters, MAX_BYTES, MAX_BYTES_OF_IDENTITY);
    }

    TrafficGraph(Timer timer, InstantSource clock, MeterRegistry meters, long mostBytes, long mostBytesOfIdentity) {
        this.mostBytes = mostBytes;
        this.mostBytesOfIdentity = mostBytesOfIdentity;
        this.timer = timer;
        this.clock = clock;
        this.beganNanos = timer.nanoTime();
        this.evicted = Counter.builder("inmesh.graph.series.evicted")
                .description("Series of the service graph forgotten before their time because there were too many")
                .register(meters);
        this.folded = Counter.builder("inmesh.graph.series.folded")
                .description("Reports counted as other because their identity has too many series")
                .register(meters);
        meters.gauge("inmesh.graph.series", this, TrafficGraph::size);
        Gauge.builder("inmesh.graph.bytes", this, TrafficGraph::bytes)
                .description("Bytes of counts in the service graph")
                .baseUnit("bytes")
                .register(meters);
    }

    /**
     * Adds counts.
     *
     * @param period how long they took to come about, until now; they are spread evenly over it
     */
    void add(Subject subject, byte[] counts, Duration period) {
        add(subject, counts, new Period(period, Duration.ZERO));
    }

    /** Adds counts, spread evenly over the time in which they came about. */
    void add(Subject subject, byte[] counts, Period period) {
        if (counts.length == 0) {
            return;
        }
        long now = timer.nanoTime();
        long step = step(now);
        long last = step(now - period.age().toNanos());
        // What is before the beginning has nowhere to be, so it is not squeezed into what comes after.
        long parts = Math.max(
                1, Math.min(Math.round((double) period.length().toNanos() / STEP_NANOS), KEPT.dividedBy(STEP)));
        long first = Math.max(last - parts + 1, step(beganNanos));
        synchronized (this) {
            Series own = seriesOf(subject, step);
            long before = own.bytes();
            for (long at = first; at <= last; at++) {
                byte[] share = Packed.share(counts, (int) (at - last + parts - 1), (int) parts);
                if (share.length > 0) {
                    own.add(step, at, share);
                }
            }
            Held held = held(subject);
            held.bytes += own.bytes() - before;
            bytes += own.bytes() - before;
            while (series.size() > MAX_SERIES || (bytes > mostBytes && series.size() > 1)) {
                Iterator<Map.Entry<Subject, Series>> oldest = series.entrySet().iterator();
                forget(oldest.next());
                oldest.remove();
                evicted.increment();
            }
        }
    }

    private Series seriesOf(Subject subject, long step) {
        if (held(subject).bytes >= mostBytesOfIdentity && forgotten != step) {
            forgetOld(step);
        }
        Held held = held(subject);
        boolean large = held.bytes >= mostBytesOfIdentity;
        Series known = series.get(subject);
        if (known != null && !large) {
            return known;
        }
        Subject kept = subject;
        if (large || held.series >= MAX_OF_IDENTITY) {
            folded.increment();
            kept = subject.folded();
            known = series.get(kept);
            if (known != null) {
                return known;
            }
        }
        Series fresh = new Series(step);
        series.put(kept, fresh);
        held.series++;
        return fresh;
    }

    private Held held(Subject subject) {
        return ofIdentity.computeIfAbsent(identity(subject), identity -> new Held());
    }

    private void forget(Map.Entry<Subject, Series> entry) {
        Held held = held(entry.getKey());
        held.series--;
        held.bytes -= entry.getValue().bytes();
        bytes -= entry.getValue().bytes();
        if (held.series == 0) {
            ofIdentity.remove(identity(entry.getKey()));
        }
    }

    private static String identity(Subject subject) {
        return subject.reporter().namespace() + "/" + subject.reporter().serviceAccount();
    }

    /** {@return since when it knows, an hour ago at most} */
    public Instant since() {
        return clock.instant().minusNanos(Math.min(timer.nanoTime() - beganNanos, KEPT.toNanos()));
    }

    /**
     * {@return what happened lately}
     *
     * @param window how far back, 10 s to an hour; reaches back to whole steps: of ten seconds up to five minutes, of a minute beyond
     * @param wanted about what
     */
    public Reading read(Duration window, Predicate<Subject> wanted) {
        long now = timer.nanoTime();
        long step = step(now);
        long steps = Math.max(1, Math.min(window.toNanos(), KEPT.toNanos()) / STEP_NANOS);
        boolean fine = steps < Series.TENS;
        long minute = Series.minute(step);
        long firstMinute = minute - (steps + Series.PER_MINUTE - 1) / Series.PER_MINUTE;
        long firstStep = fine ? step - steps : firstMinute * Series.PER_MINUTE;
        List<Raw> raw = new ArrayList<>();
        synchronized (this) {
            forgetOld(step);
            for (Map.Entry<Subject, Series> entry : series.entrySet()) {
                Series own = entry.getValue();
                if (own.newest() >= firstStep && wanted.test(entry.getKey())) {
                    List<byte[]> counts = new ArrayList<>();
                    for (long at = fine ? step - steps : firstMinute; at <= (fine ? step : minute); at++) {
                        byte[] one = fine ? own.ten(at) : own.minute(step, at);
                        if (one.length > 0) {
                            counts.add(one);
                        }
                    }
                    raw.add(new Raw(entry.getKey(), counts, own.newest()));
                }
            }
        }
        long fromNanos = Math.max(firstStep * STEP_NANOS, beganNanos);
        double seconds = Math.max(1, (now - fromNanos) / (double) TimeUnit.SECONDS.toNanos(1));
        return new Reading(clock.instant(), since(), seconds, summed(raw, now));
    }

    private List<Reading.Entry> summed(List<Raw> raw, long now) {
        Instant instant = clock.instant();
        long[] dense = new long[Cells.COUNT];
        List<Reading.Entry> entries = new ArrayList<>(raw.size());
        for (Raw one : raw) {
            if (one.counts().isEmpty()) {
                continue;
            }
            byte[] sum = one.counts().get(0);
            if (one.counts().size() > 1) {
                java.util.Arrays.fill(dense, 0);
                one.counts().forEach(counts -> Packed.addTo(dense, counts));
                sum = Packed.of(dense);
            }
            // The end of its last step, so that something just seen was seen now.
            long ago = Math.max(0, now - (one.newest() + 1) * STEP_NANOS);
            entries.add(new Reading.Entry(one.subject(), sum, instant.minusNanos(ago)));
        }
        return entries;
    }

    /**
     * {@return what happened step by step, oldest first; of a window of five minutes or less in steps of ten seconds, else of a minute}
     *
     * @param window how far back, an hour at most
     * @param wanted about what
     */
    public List<Point> series(Duration window, Predicate<Subject> wanted) {
        long now = timer.nanoTime();
        Instant instant = clock.instant();
        long step = step(now);
        long steps = Math.max(1, Math.min(window.toNanos(), KEPT.toNanos()) / STEP_NANOS);
        boolean fine = steps < Series.TENS;
        long length = fine ? 1 : Series.PER_MINUTE;
        long last = fine ? step : Series.minute(step);
        long first = Math.max(last - steps / length, Math.floorDiv(step(beganNanos), length));
        List<Point> points = new ArrayList<>();
        synchronized (this) {
            List<Series> matching = series.entrySet().stream()
                    .filter(entry -> wanted.test(entry.getKey()))
                    .map(Map.Entry::getValue)
                    .toList();
            for (long at = first; at <= last; at++) {
                byte[] sum = Packed.EMPTY;
                for (Series one : matching) {
                    sum = Packed.sum(sum, fine ? one.ten(at) : one.minute(step, at));
                }
                long beginNanos = Math.max(at * length * STEP_NANOS, beganNanos);
                long endNanos = Math.min((at + 1) * length * STEP_NANOS, now);
                double seconds = Math.max(1, (endNanos - beginNanos) / (double) TimeUnit.SECONDS.toNanos(1));
                points.add(new Point(instant.minusNanos(now - beginNanos), seconds, Figures.of(sum)));
            }
        }
        return points;
    }

    private void forgetOld(long step) {
        forgotten = step;
        long oldest = step - KEPT.dividedBy(STEP);
        Iterator<Map.Entry<Subject, Series>> all = series.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Subject, Series> entry = all.next();
            if (entry.getValue().newest() < oldest) {
                forget(entry);
                all.remove();
            }
        }
    }

    private synchronized long bytes() {
        return bytes;
    }

    private synchronized int size() {
        return series.size();
    }

    private static long step(long nanos) {
        return Math.floorDiv(nanos, STEP_NANOS);
    }

    private record Raw(Subject subject, List<byte[]> counts, long newest) {}

    /**
     * One step of a series.
     *
     * @param time when it began
     * @param seconds how long it is; the first and the last may be cut
     * @param figures what happened in it
     */
    public record Point(Instant time, double seconds, Figures figures) {}
}
