package io.inmesh.server.graph;

import io.inmesh.server.fixture.FakeTime;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** Samples for tests of whoever judges by them, reported a minute after the {@linkplain FakeTime#START start}. */
public final class Samples {

    private static final Instant SEEN = FakeTime.START.plusSeconds(60);

    private Samples() {}

    /** {@return so many good and failed requests of a few milliseconds} */
    public static Sample of(long good, long failed) {
        return at(SEEN, good, failed);
    }

    /** {@return the same, reported at another time} */
    public static Sample at(Instant seen, long good, long failed) {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        put(counts, "once.ok.2000000", good);
        put(counts, "once.failed.2000000", failed);
        return sample(counts, seen);
    }

    /** {@return good requests that took so many milliseconds, some the one, some the other} */
    public static Sample taking(long millis, long count, long otherMillis, long otherCount) {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        put(counts, "once.ok." + millis * 1_000_000, count);
        put(counts, "attempt.ok." + otherMillis * 1_000_000, otherCount);
        return sample(counts, SEEN);
    }

    /** {@return requests that the caller's mesh refused} */
    public static Sample refused(String reason, long count) {
        SortedMap<Integer, Long> counts = new TreeMap<>();
        put(counts, "once.rejected_" + reason, count);
        return sample(counts, SEEN);
    }

    private static void put(SortedMap<Integer, Long> counts, String metric, long count) {
        if (count > 0) {
            counts.put(Cells.parse(metric).orElseThrow(), count);
        }
    }

    private static Sample sample(SortedMap<Integer, Long> counts, Instant seen) {
        Subject subject =
                new Subject.PassedThrough(new Subject.Reporter("default", "tests", WorkloadVersion.NOBODY), "anything");
        List<Reading.Entry> entries =
                counts.isEmpty() ? List.of() : List.of(new Reading.Entry(subject, Packed.of(counts), seen));
        return Sample.of(new Reading(seen, FakeTime.START, 60, entries));
    }
}
