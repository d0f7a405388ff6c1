package io.inmesh.bench.macro;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Makes calls, with threads that live as long as it does.
 *
 * <p>The closed loop calls again as soon as an answer is there: it measures what a call costs. The open loop calls at times drawn
 * beforehand (Poisson), and measures latency from the planned time, so that a stall is counted for every call that should have begun in it.
 * Source: Tene, "How NOT to Measure Latency"; Schroeder et al., "Open Versus Closed" (NSDI 2006).
 */
final class Load implements AutoCloseable {

    /** Threads of the open loop: the most calls in flight at once. */
    static final int OPEN_THREADS = 16;

    private static final long MAX_LATENCY_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final int DIGITS = 3;
    /** A turn whose calls are this late is given up; what was planned and not begun is counted. */
    private static final long GIVE_UP_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Caller caller;
    private final AtomicReference<@Nullable Exception> firstFailure = new AtomicReference<>();
    private final ExecutorService threads = Executors.newFixedThreadPool(OPEN_THREADS, work -> {
        Thread thread = new Thread(work, "load");
        thread.setDaemon(true);
        return thread;
    });

    private final boolean failuresExpected;

    Load(Caller caller) {
        this(caller, false);
    }

    private Load(Caller caller, boolean failuresExpected) {
        this.caller = caller;
        this.failuresExpected = failuresExpected;
    }

    /** {@return a load whose failures are counted and not told} */
    static Load expectingFailures(Caller caller) {
        return new Load(caller, true);
    }

    /** {@return what one caller or several made of some time} */
    Sample closed(int callers, long durationNanos) throws InterruptedException, ExecutionException {
        return run(callers, index -> {
            Tally tally = new Tally();
            long end = System.nanoTime() + durationNanos;
            for (long begin = System.nanoTime(); begin - end < 0; begin = System.nanoTime()) {
                tally.call(caller, begin);
            }
            return tally;
        });
    }

    /** {@return what came of calls at a rate per second} */
    Sample open(double rate, long durationNanos, long seed) throws InterruptedException, ExecutionException {
        double meanGapNanos = 1e9 * OPEN_THREADS / rate;
        long start = System.nanoTime();
        return run(OPEN_THREADS, index -> {
            SplittableRandom random = new SplittableRandom(seed + index);
            Tally tally = new Tally();
            double planned = start + gap(random, meanGapNanos);
            while (planned - start < durationNanos) {
                long at = (long) planned;
                if (waitUntil(at) > GIVE_UP_NANOS) {
                    tally.unsent++;
                } else {
                    tally.call(caller, at);
                }
                planned += gap(random, meanGapNanos);
            }
            return tally;
        });
    }

    /** Exponential, so that the threads together are one Poisson process. */
    private static double gap(SplittableRandom random, double meanNanos) {
        return -Math.log(1 - random.nextDouble()) * meanNanos;
    }

    /** {@return by how much the time is over} */
    private static long waitUntil(long nanos) {
        long late = System.nanoTime() - nanos;
        while (late < 0) {
            LockSupport.parkNanos(-late);
            late = System.nanoTime() - nanos;
        }
        return late;
    }

    private Sample run(int count, java.util.function.IntFunction<Tally> work)
            throws InterruptedException, ExecutionException {
        Usage before = Usage.now();
        List<Callable<Tally>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int index = i;
            tasks.add(() -> work.apply(index));
        }
        Tally all = new Tally();
        for (Future<Tally> done : threads.invokeAll(tasks)) {
            Tally tally = done.get();
            tell(tally.failure);
            all.add(tally);
        }
        return Sample.of(all.latencies, all.errors, all.unsent, Usage.now().since(before));
    }

    /** Says why a call failed, once: the ten thousandth failure has nothing to add. */
    private void tell(@Nullable Exception failure) {
        if (failure != null && !failuresExpected && firstFailure.compareAndSet(null, failure)) {
            failure.printStackTrace();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /** What one thread saw. */
    private static final class Tally {
        private final Histogram latencies = new Histogram(MAX_LATENCY_NANOS, DIGITS);
        private long errors;
        private long unsent;
        private @Nullable Exception failure;

        void call(Caller caller, long plannedNanos) {
            try {
                caller.call();
            } catch (Exception failed) {
                errors++;
                failure = failed;
                return;
            }
            latencies.recordValue(Math.min(MAX_LATENCY_NANOS, System.nanoTime() - plannedNanos));
        }

        void add(Tally other) {
            latencies.add(other.latencies);
            errors += other.errors;
            unsent += other.unsent;
        }
    }
}
