package io.inmesh.bench.micro;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Processor time of the threads that run the benchmark, per call. Where other programs take turns on the same cores, wall time tells how
 * busy those were; this tells what the call cost. It leaves out the garbage collector and the compiler, which have threads of their own.
 */
public final class WorkerCpuProfiler implements InternalProfiler {

    /** Name of the result. */
    static final String RESULT = "cpu.worker.norm";

    private static final String WORKER = "jmh-worker";

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private Map<Long, Long> before = Map.of();

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        before = workers();
    }

    @Override
    public Collection<ScalarResult> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        // By thread: a worker of an earlier benchmark may end meanwhile, and would take its time out of a sum.
        long spentNanos = workers().entrySet().stream()
                .mapToLong(worker -> worker.getValue() - before.getOrDefault(worker.getKey(), 0L))
                .sum();
        double perCall = (double) spentNanos / Math.max(1, result.getMetadata().getAllOps());
        return List.of(new ScalarResult(RESULT, perCall, "ns/op", AggregationPolicy.AVG));
    }

    /** {@return by worker what it has spent so far, in nanoseconds} */
    private Map<Long, Long> workers() {
        Map<Long, Long> workers = new HashMap<>();
        for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
            if (thread != null && thread.getThreadName().contains(WORKER)) {
                long nanos = threads.getThreadCpuTime(thread.getThreadId());
                // Negative: it has ended since it was listed.
                if (nanos >= 0) {
                    workers.put(thread.getThreadId(), nanos);
                }
            }
        }
        return workers;
    }

    @Override
    public String getDescription() {
        return "Processor time of the benchmark's own threads per call";
    }
}
