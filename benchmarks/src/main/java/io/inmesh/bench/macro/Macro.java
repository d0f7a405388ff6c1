package io.inmesh.bench.macro;

import io.inmesh.bench.report.Report;
import io.inmesh.bench.report.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Runs all families against one deployment, prints one table and stores it. */
final class Macro {

    private static final long SEED = 20;

    private Macro() {}

    /**
     * Runs.
     *
     * @param arguments folder for results; the control server's jar; {@code quick} for a short run; {@code telemetry} for what metrics, traces
     *     and logs cost instead of what the mesh does
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> options = List.of(arguments).subList(2, arguments.length);
        boolean telemetry = options.contains("telemetry");
        Report report = run(
                Path.of(arguments[1]),
                options.contains("quick") ? Plan.QUICK : Plan.FULL,
                telemetry ? Family.telemetry() : Family.all());
        System.out.println(
                report.store(Path.of(arguments[0]), telemetry ? "telemetry-calls" : "macro", LocalDate.now()));
    }

    /** {@return the table of some families} */
    static Report run(Path jar, Plan plan, List<Family> families) throws IOException, InterruptedException {
        // Only for its owner to read: there are keys in it.
        Path folder = Files.createTempDirectory("inmesh-bench");
        List<Row> rows = new ArrayList<>();
        List<String> notes = new ArrayList<>(notes(plan));
        try (Deployment deployment = Deployment.start(folder, jar, families)) {
            Random random = new Random(SEED);
            for (Family family : families) {
                System.err.println("measuring " + family.name() + " ...");
                Results results = new Rounds(deployment, family, plan, random).run();
                rows.addAll(MacroTable.rows(family, results));
                notes.add(MacroTable.note(family, results));
                notes.add(MacroTable.bytes(family, results));
            }
        } finally {
            delete(folder);
        }
        return new Report("What the mesh costs a client that makes real calls", rows, notes);
    }

    private static List<String> notes(Plan plan) {
        return List.of(
                plan.forks() + " sets of processes, " + plan.rounds() + " rounds each, turns of " + plan.turnMillis()
                        + " ms in shuffled order; medians of ratios within rounds, bootstrap intervals over sets and rounds.",
                "Client and server share the machine; one endpoint; answers of " + Backend.PAYLOAD_BYTES
                        + " B. All arms of a family call the same port.",
                "Throughput is by the wall clock and suffers from whatever else runs; calls per CPU second count only"
                        + " what client and server used.",
                "A line is void where the A/A control leaves 1 ± " + MacroTable.CONTROL_WIDTH + " for its measure.");
    }

    /** Removes a folder with all that is in it. */
    static void delete(Path folder) throws IOException {
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
