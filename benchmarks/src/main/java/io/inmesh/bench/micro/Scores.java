package io.inmesh.bench.micro;

import io.inmesh.bench.report.Estimate;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** Results of a JMH run, found by {@code Class.method} and the value of its parameter. */
final class Scores {

    private static final double CONFIDENCE = 0.95;
    private static final String BYTES = "gc.alloc.rate.norm";

    private final Map<String, RunResult> results = new HashMap<>();

    Scores(Collection<RunResult> run) {
        for (RunResult result : run) {
            String name = result.getParams().getBenchmark();
            StringBuilder key = new StringBuilder(name.substring(name.lastIndexOf('.', name.lastIndexOf('.') - 1) + 1));
            for (String parameter : result.getParams().getParamsKeys()) {
                key.append(' ').append(result.getParams().getParam(parameter));
            }
            results.put(key.toString(), result);
        }
    }

    /** {@return processor time per call, in nanoseconds} */
    Estimate nanos(String benchmark) {
        Result<?> score = profiled(benchmark, WorkerCpuProfiler.RESULT);
        double[] interval = score.getStatistics().getConfidenceIntervalAt(CONFIDENCE);
        return Estimate.plusMinus(score.getScore(), (interval[1] - interval[0]) / 2);
    }

    /** {@return bytes allocated per call; objects are whole, so the fraction is somebody else's} */
    Estimate bytes(String benchmark) {
        return Estimate.exactly(Math.rint(profiled(benchmark, BYTES).getScore()));
    }

    private Result<?> profiled(String benchmark, String name) {
        Result<?> score = result(benchmark).getSecondaryResults().get(name);
        if (score == null) {
            throw new IllegalStateException("the run had no profiler that tells " + name);
        }
        return score;
    }

    private RunResult result(String benchmark) {
        RunResult result = results.get(benchmark);
        if (result == null) {
            throw new IllegalArgumentException("no result of " + benchmark + "; there are " + results.keySet());
        }
        return result;
    }
}
