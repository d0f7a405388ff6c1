package io.inmesh.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.IterationResultMetaData;

/** That an iteration is charged for what was done in it, whatever threads of earlier ones do. */
class WorkerCpuProfilerTest {

    private static final long BURNT_NANOS = 20_000_000;

    private final WorkerCpuProfiler profiler = new WorkerCpuProfiler();

    @Test
    void workerThatEndsWithinAnIterationTakesNothingAway() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        Thread earlier = worker("earlier", () -> {
            burn();
            begun.countDown();
            await(end);
        });
        begun.await();

        profiler.beforeIteration(null, null);
        end.countDown();
        earlier.join();

        assertThat(perCall(1)).isNotNegative().isLessThan(BURNT_NANOS);
    }

    @Test
    void workIsSharedAmongTheCalls() throws InterruptedException {
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);

        profiler.beforeIteration(null, null);
        Thread worker = worker("now", () -> {
            burn();
            done.countDown();
            await(end);
        });
        done.await();
        double perCall = perCall(1000);
        end.countDown();
        worker.join();

        assertThat(perCall).isGreaterThanOrEqualTo(BURNT_NANOS / 1000.0);
    }

    private double perCall(long calls) {
        IterationResult result = new IterationResult(null, null, new IterationResultMetaData(calls, calls));
        return profiler.afterIteration(null, null, result).iterator().next().getScore();
    }

    private static Thread worker(String name, Runnable work) {
        Thread thread = new Thread(work, name + "-jmh-worker-1");
        thread.start();
        return thread;
    }

    private static void burn() {
        while (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() < BURNT_NANOS) {
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
