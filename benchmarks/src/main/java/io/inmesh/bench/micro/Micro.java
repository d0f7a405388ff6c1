package io.inmesh.bench.micro;

import io.inmesh.bench.report.Report;
import io.inmesh.bench.report.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs the JMH benchmarks of this package with the allocation profiler, prints one table and stores it. */
public final class Micro {

    /** Once with one thread, and once with two for what contention costs. */
    private static final String CONTENDED = DecisionBenchmark.class.getSimpleName() + ".endpoints";

    private Micro() {}

    /**
     * Runs.
     *
     * @param arguments folder for results; {@code quick} for few and short iterations
     */
    public static void main(String[] arguments) throws RunnerException, IOException {
        Path results = Path.of(arguments[0]);
        boolean quick = arguments.length > 1 && arguments[1].equals("quick");
        Scores one = new Scores(new Runner(options(quick)
                        .include(Micro.class.getPackageName() + ".*")
                        .exclude(TelemetryBenchmark.class.getSimpleName())
                        .build())
                .run());
        Scores two = new Scores(new Runner(options(quick)
                        .include(CONTENDED)
                        .param("count", "100")
                        .threads(2)
                        .build())
                .run());
        List<Row> rows = new ArrayList<>(MicroTable.rows(one));
        rows.add(MicroTable.contention(one, two));
        List<String> notes = List.of(
                "JMH, " + (quick ? "short" : "full") + " run. Time is processor time of the calling thread, so that"
                        + " other programs on the machine count less; the interval is that of the mean over iterations.",
                "Bytes are those of JMH's GC profiler, which counts; they do not vary.",
                "A hook is the difference between the framework's call with and without the mesh; both answer inside the process.",
                "The baseline is a chain of 64 dependent arithmetic steps: divide by it to compare machines.");
        Report report = new Report("What one call costs inside the process", rows, notes);
        System.out.println(report.store(results, quick ? "micro-quick" : "micro", LocalDate.now()));
    }

    static ChainedOptionsBuilder options(boolean quick) {
        return new OptionsBuilder()
                .addProfiler(GCProfiler.class)
                .addProfiler(WorkerCpuProfiler.class)
                .forks(quick ? 1 : 2)
                .warmupIterations(quick ? 3 : 5)
                .warmupTime(quick ? TimeValue.seconds(1) : TimeValue.seconds(1))
                .measurementIterations(quick ? 3 : 5)
                .measurementTime(quick ? TimeValue.milliseconds(500) : TimeValue.seconds(1))
                .jvmArgsAppend("-Xmx512m", "-XX:+UseParallelGC")
                .shouldFailOnError(true);
    }
}
