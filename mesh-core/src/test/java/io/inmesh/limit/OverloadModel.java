package io.inmesh.limit;

import io.inmesh.call.Criticality;
import io.inmesh.testkit.FakeClock;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/**
 * A server with some workers and an unbounded first-in-first-out queue in front of them, in virtual time. Clients give up after a while,
 * but the server works on what they gave up all the same: without a limit, overload leaves nothing that is done in time.
 */
final class OverloadModel {

    private static final double NANOS = 1e9;

    private final FakeClock clock = new FakeClock();
    private final Random random = new Random(17);
    private final ConcurrencyLimit limit;
    private final int workers;
    private final double patience;
    private final Deque<Work> queue = new ArrayDeque<>();
    private final PriorityQueue<Work> ends = new PriorityQueue<>(Comparator.comparingDouble(work -> work.end));
    private final Map<Criticality, Count> counts = new EnumMap<>(Criticality.class);
    private double now;
    private double serviceSeconds;
    private double fastFailures;
    private int largestLimit;

    /** What became of the requests of one class since the counts were last taken. */
    static final class Count {
        int offered;
        int admitted;
        int inTime;
    }

    private static final class Work {
        final Criticality criticality;
        final double start;
        final boolean fails;
        double end;

        Work(Criticality criticality, double start, boolean fails) {
            this.criticality = criticality;
            this.start = start;
            this.fails = fails;
        }
    }

    OverloadModel(io.inmesh.config.ConcurrencyConfig config, int workers, double serviceSeconds, double patience) {
        this.limit = new ConcurrencyLimit(config, clock, null);
        this.workers = workers;
        this.serviceSeconds = serviceSeconds;
        this.patience = patience;
    }

    /** From now on requests take another time on average. */
    void serviceSeconds(double seconds) {
        this.serviceSeconds = seconds;
    }

    /** From now on this share of requests fails at once instead of being worked on. */
    void fastFailures(double share) {
        this.fastFailures = share;
    }

    /** Has requests come in at random for some time, at a multiple of what the workers can do. */
    Map<Criticality, Count> run(double seconds, double load, ToDoubleFunction<Random> classOf) {
        counts.clear();
        double until = now + seconds;
        double perSecond = load * workers / serviceSeconds;
        double next = now + exponential(1 / perSecond);
        while (next < until) {
            finishUntil(next);
            moveTo(next);
            arrive(Criticality.values()[(int) classOf.applyAsDouble(random)]);
            next += exponential(1 / perSecond);
        }
        finishUntil(until);
        moveTo(until);
        return counts;
    }

    /** The same with usual requests only. */
    Count run(double seconds, double load) {
        return run(seconds, load, any -> Criticality.CRITICAL.ordinal())
                .getOrDefault(Criticality.CRITICAL, new Count());
    }

    /** {@return how many requests the workers can do in some time} */
    double capacity(double seconds) {
        return seconds * workers / serviceSeconds;
    }

    ConcurrencyLimit limit() {
        return limit;
    }

    int largestLimit() {
        return largestLimit;
    }

    private void arrive(Criticality criticality) {
        Count count = counts.computeIfAbsent(criticality, any -> new Count());
        count.offered++;
        if (!limit.tryBegin(criticality)) {
            return;
        }
        count.admitted++;
        Work work = new Work(criticality, now, random.nextDouble() < fastFailures);
        if (work.fails) {
            work.end = now + serviceSeconds / 1000;
            ends.add(work);
        } else if (busy() < workers) {
            begin(work);
        } else {
            queue.add(work);
        }
    }

    private int busy() {
        int busy = 0;
        for (Work work : ends) {
            busy += work.fails ? 0 : 1;
        }
        return busy;
    }

    private void begin(Work work) {
        work.end = now + exponential(serviceSeconds);
        ends.add(work);
    }

    private void finishUntil(double time) {
        while (!ends.isEmpty() && ends.peek().end <= time) {
            Work done = ends.poll();
            moveTo(done.end);
            double took = now - done.start;
            limit.end(clock.nanos(), (long) (took * NANOS), !done.fails);
            largestLimit = Math.max(largestLimit, limit.limit());
            if (!done.fails) {
                counts.computeIfAbsent(done.criticality, any -> new Count()).inTime += took <= patience ? 1 : 0;
                Work next = queue.poll();
                if (next != null) {
                    begin(next);
                }
            }
        }
    }

    private void moveTo(double time) {
        clock.advanceNanos(Math.round((time - now) * NANOS));
        now = time;
    }

    private double exponential(double mean) {
        return -mean * Math.log(1 - random.nextDouble());
    }
}
