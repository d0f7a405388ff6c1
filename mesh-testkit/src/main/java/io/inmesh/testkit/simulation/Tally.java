package io.inmesh.testkit.simulation;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.EjectionReason;
import io.inmesh.observe.CallObserver;
import io.inmesh.observe.MeshObserver;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Counts what happens, and folds every event into one number by which two runs can be told apart. */
final class Tally {

    /** FNV-1a over whole words: not a checksum against malice, only a fingerprint. */
    private static final long FINGERPRINT_PRIME = 0x100000001b3L;

    private static final long LONGEST_NANOS = TimeUnit.HOURS.toNanos(1);

    private final VirtualTime time;
    private final Histogram latencies = new Histogram(LONGEST_NANOS, 3);
    private final TimeLine goodput = new TimeLine();
    private final TimeLine attempts = new TimeLine();
    private long fromNanos;
    private long untilNanos;
    private long fingerprint = 0xcbf29ce484222325L;
    private long calls;
    private long ended;
    private long errors;
    private long attemptsMeasured;
    private long retries;
    private long ejections;
    private boolean arrivalsEnded;

    Tally(VirtualTime time) {
        this.time = time;
    }

    void measure(long fromNanos, long untilNanos) {
        this.fromNanos = fromNanos;
        this.untilNanos = untilNanos;
    }

    void arrivalsEnd() {
        arrivalsEnded = true;
    }

    boolean arrivalsEnded() {
        return arrivalsEnded;
    }

    private boolean measured(long startedNanos) {
        return startedNanos >= fromNanos && startedNanos < untilNanos;
    }

    void callStarted(long startedNanos) {
        calls += measured(startedNanos) ? 1 : 0;
    }

    void callEnded(long startedNanos, Outcome outcome) {
        long now = time.sinceStartNanos();
        boolean good = Replica.succeeded(outcome);
        fold(now);
        fold(good ? 1 : 0);
        if (good) {
            goodput.add(now);
        }
        if (measured(startedNanos)) {
            ended++;
            errors += good ? 0 : 1;
            latencies.recordValue(Math.min(now - startedNanos, LONGEST_NANOS));
        }
    }

    void attempt(Replica replica) {
        long now = time.sinceStartNanos();
        fold(now);
        fold(replica.index());
        attempts.add(now);
        attemptsMeasured += measured(now) ? 1 : 0;
    }

    private void fold(long value) {
        fingerprint = (fingerprint ^ value) * FINGERPRINT_PRIME;
    }

    MeshObserver observer() {
        return new MeshObserver() {
            @Override
            public CallObserver callStarted(Call call, String virtualHost, @Nullable String route) {
                return counting;
            }

            @Override
            public void ejected(Endpoint endpoint, EjectionReason reason, long durationNanos, String why) {
                ejections++;
            }
        };
    }

    private final CallObserver counting = new CallObserver() {
        @Override
        public void retrying(Attempt attempt, long delayNanos) {
            retries += measured(time.sinceStartNanos()) ? 1 : 0;
        }
    };

    Report report() {
        return new Report(
                calls,
                ended,
                errors,
                attemptsMeasured,
                retries,
                ejections,
                latencies.copy(),
                goodput,
                attempts,
                fingerprint);
    }
}
