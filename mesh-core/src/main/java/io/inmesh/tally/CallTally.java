package io.inmesh.tally;

import io.inmesh.call.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls that are alike, by result and duration. A counter is made when it is needed first; counting is striped, takes no lock, and
 * is one addition for a call that ends well. Counts are taken by one asker.
 */
public final class CallTally {

    private static final int FAILED = LatencyBuckets.COUNT;
    private static final int RESULTS = 2 * LatencyBuckets.COUNT;
    private static final int CELLS = RESULTS + Results.COUNT;

    private final Cells once = new Cells();
    private volatile @Nullable Cells attempts;
    private volatile @Nullable Cells calls;

    /** What of a call is counted. */
    public enum Counted {
        /** A call that ended with the only attempt made for it: both are counted by one addition. */
        ONCE,
        /** One attempt of a call of several, or that waited. */
        ATTEMPT,
        /** Such a call as a whole, as the application experienced it. */
        CALL
    }

    private static final class Cells extends AtomicReferenceArray<@Nullable LongAdder> {

        private static final long serialVersionUID = 1L;

        // What was taken before; only the asker reads and writes it.
        private final long[] taken = new long[CELLS];

        Cells() {
            super(CELLS);
        }

        void increment(int cell) {
            LongAdder known = getAcquire(cell);
            (known == null ? made(cell) : known).increment();
        }

        private LongAdder made(int cell) {
            LongAdder fresh = new LongAdder();
            LongAdder other = compareAndExchange(cell, null, fresh);
            return other == null ? fresh : other;
        }
    }

    /** Counts the end of something that was not timed if {@code outcome} is none that takes time. */
    public void add(Counted what, Outcome outcome, long nanos) {
        Cells cells = cells(what);
        int result = Results.of(outcome);
        if (Results.timed(result)) {
            int bucket = LatencyBuckets.indexOf(nanos);
            cells.increment(Results.good(result) ? bucket : FAILED + bucket);
        }
        if (result != Results.PLAIN) {
            cells.increment(RESULTS + result);
        }
    }

    private Cells cells(Counted what) {
        return switch (what) {
            case ONCE -> once;
            case ATTEMPT -> {
                Cells known = attempts;
                yield known == null ? makeAttempts() : known;
            }
            case CALL -> {
                Cells known = calls;
                yield known == null ? makeCalls() : known;
            }
        };
    }

    private synchronized Cells makeAttempts() {
        Cells known = attempts;
        if (known == null) {
            known = new Cells();
            attempts = known;
        }
        return known;
    }

    private synchronized Cells makeCalls() {
        Cells known = calls;
        if (known == null) {
            known = new Cells();
            calls = known;
        }
        return known;
    }

    /** {@return what was counted since this was asked last} */
    public Taken take() {
        List<Count> counts = new ArrayList<>();
        long total = 0;
        long insecure = 0;
        for (Counted what : Counted.values()) {
            Cells cells = what == Counted.ONCE ? once : what == Counted.ATTEMPT ? attempts : calls;
            for (int cell = 0; cells != null && cell < CELLS; cell++) {
                LongAdder adder = cells.getAcquire(cell);
                long now = adder == null ? 0 : adder.sum();
                long since = now - cells.taken[cell];
                if (since > 0) {
                    cells.taken[cell] = now;
                    counts.add(count(what, cell, since));
                    int result = cell - RESULTS;
                    if (what == Counted.ONCE) {
                        total += result < 0 || !Results.timed(result) ? since : 0;
                        insecure += result >= 0 && Results.insecure(result) ? since : 0;
                    }
                }
            }
        }
        return new Taken(counts, total, insecure);
    }

    private static Count count(Counted what, int cell, long count) {
        if (cell >= RESULTS) {
            return new Count(what, Results.name(cell - RESULTS), Count.NO_DURATION, count);
        }
        boolean good = cell < FAILED;
        return new Count(what, good ? "ok" : "failed", LatencyBuckets.lowerNanos(good ? cell : cell - FAILED), count);
    }

    /**
     * How often something happened.
     *
     * @param counted to what
     * @param result {@code ok} and {@code failed} for all that was timed, {@code http_4xx} to {@code transport_other} for what some of
     *     that was, {@code cancelled}, and {@code rejected_} or {@code answered_} with a reason for what this process answered itself
     * @param fromNanos the shortest duration of the {@linkplain LatencyBuckets bucket} for {@code ok} and {@code failed}, else {@link
     *     #NO_DURATION}
     * @param count how often
     */
    public record Count(Counted counted, String result, long fromNanos, long count) {

        /** The duration is not known. */
        public static final long NO_DURATION = -1;
    }

    /**
     * What was counted in some time.
     *
     * @param counts the counts that are not zero
     * @param once calls counted as {@link Counted#ONCE}
     * @param insecure how many of these security refused
     */
    public record Taken(List<Count> counts, long once, long insecure) {

        /** Copies the list. */
        public Taken {
            counts = List.copyOf(counts);
        }

        /** {@return whether nothing was counted} */
        public boolean isEmpty() {
            return counts.isEmpty();
        }
    }
}
