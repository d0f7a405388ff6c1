package io.inmesh.bench.micro;

import io.inmesh.bench.report.Report;
import io.inmesh.bench.report.Row;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;

/** Measures what telemetry adds to a call, kind by kind, in one run. */
public final class TelemetryCost {

    private static final List<String> KINDS = List.of(
            "off",
            "otel",
            "istio",
            "both",
            "traces1",
            "traces100",
            "otel+traces1",
            "both+traces1",
            "both+drawn1",
            "both+unkept");

    private TelemetryCost() {}

    /**
     * Runs.
     *
     * @param arguments folder for results; {@code quick} for few and short iterations
     */
    public static void main(String[] arguments) throws RunnerException, IOException {
        boolean quick = arguments.length > 1 && arguments[1].equals("quick");
        Scores scores = new Scores(new Runner(Micro.options(quick)
                        .forks(1)
                        .include(TelemetryBenchmark.class.getSimpleName())
                        .build())
                .run());
        List<Row> rows = new ArrayList<>();
        for (String kind : KINDS) {
            MicroTable.inform(
                    rows, scores, TelemetryBenchmark.class.getSimpleName() + ".call " + kind, "call with " + kind);
        }
        List<String> notes = List.of(
                "One call through the engine, answered at once, among 100 endpoints. What a row has beyond the first is"
                        + " what that telemetry costs; a call over loopback takes some 30,000 ns in all.",
                "otel, istio: Prometheus registry with that profile; both: both. traces1, traces100: the OpenTelemetry SDK"
                        + " keeps one trace in a hundred, or all, and throws them away in batches. drawn1: the mesh's config draws"
                        + " the hundredth. unkept: calls made for a request whose trace is not kept.");
        Report report = new Report("What telemetry adds to a call", rows, notes);
        System.out.println(
                report.store(Path.of(arguments[0]), quick ? "telemetry-quick" : "telemetry", LocalDate.now()));
    }
}
