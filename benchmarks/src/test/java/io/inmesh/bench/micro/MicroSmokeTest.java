package io.inmesh.bench.micro;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** That every benchmark runs and every line of the table finds its result. What they measure here means nothing. */
class MicroSmokeTest {

    @Test
    void everyBenchmarkRunsAndStandsInTheTable() throws RunnerException {
        Collection<RunResult> run = new Runner(new OptionsBuilder()
                        .include(Micro.class.getPackageName() + ".*")
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(20))
                        .addProfiler(GCProfiler.class)
                        .addProfiler(WorkerCpuProfiler.class)
                        .verbosity(VerboseMode.SILENT)
                        .shouldFailOnError(true)
                        .build())
                .run();
        Scores scores = new Scores(run);

        assertThat(MicroTable.rows(scores))
                .hasSizeGreaterThan(40)
                .allMatch(row -> !row.measure().isEmpty());
        assertThat(MicroTable.contention(scores, scores).estimate().value()).isEqualTo(1);
    }
}
