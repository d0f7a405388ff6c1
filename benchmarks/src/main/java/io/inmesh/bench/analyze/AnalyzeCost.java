package io.inmesh.bench.analyze;

import io.inmesh.bench.report.Bootstrap;
import io.inmesh.bench.report.Estimate;
import io.inmesh.bench.report.Goal;
import io.inmesh.bench.report.Report;
import io.inmesh.bench.report.Row;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** How long {@code meshctl analyze -f} takes for 10,000 rules of 1,000 services, each time in a process of its own. */
public final class AnalyzeCost {

    private static final int SERVICES = 1_000;
    private static final int ROUNDS = 9;
    private static final long SEED = 21;

    /** One service in ten leads to a subset that is not there, and its DestinationRule is told so as well. */
    private static final int FINDINGS = SERVICES / 10 * 2;

    /** As {@code control-server/bin/meshctl} starts it. */
    private static final List<String> AS_MESHCTL =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto");

    private AnalyzeCost() {}

    /**
     * Measures, prints a table and keeps it.
     *
     * @param arguments the folder for results, and the control server's jar
     */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory("inmesh-analyze");
        try {
            Report table =
                    table(scratch, new WholeCommand(AS_MESHCTL, Path.of(arguments[1]), scratch.resolve("classes.jsa")));
            System.out.println(table.store(Path.of(arguments[0]), "analyze", LocalDate.now()));
        } finally {
            try (Stream<Path> files = Files.walk(scratch)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static Report table(Path scratch, WholeCommand command) throws IOException, InterruptedException {
        Path teams = Files.createDirectory(scratch.resolve("teams"));
        Path together = Files.createDirectory(scratch.resolve("together"));
        Path one = Files.createDirectory(scratch.resolve("one"));
        ManyRules.write(teams, SERVICES, true);
        ManyRules.write(together, SERVICES, false);
        ManyRules.write(one, 1, true);
        String many = String.format("%,d rules of %,d services", ManyRules.rules(SERVICES), SERVICES);
        List<Row> rows = new ArrayList<>();
        rows.addAll(rows(many + ", a namespace for each team", teams, FINDINGS, Goal.atMost(1000)));
        rows.addAll(rows(many + " in one namespace", together, FINDINGS, Goal.atMost(1000)));
        rows.addAll(rows(ManyRules.rules(1) + " rules of one service", one, 2, Goal.NONE));
        command.rehearse();
        rows.add(whole(many + ", a namespace for each team", command, teams));
        rows.add(whole(ManyRules.rules(1) + " rules of one service", command, one));
        return new Report(
                "What it costs to analyze a large configuration",
                rows,
                List.of(
                        "Every run is a process of its own that has just begun, with the settings of control-server/bin/meshctl. Counted is"
                                + " from the command line to the last finding, without the start of the JVM, but with the loading of our"
                                + " classes: that is most of what one service takes. Medians of " + ROUNDS + " runs.",
                        "Processor time is that of all threads: those that compile and collect garbage, too.",
                        "The whole command is what somebody waits for at a prompt: with the start of the JVM, which has most classes from an"
                                + " archive, as it has when control-server/bin/meshctl starts it a second time."));
    }

    private static List<Row> rows(String subject, Path folder, int findings, Goal goal)
            throws IOException, InterruptedException {
        double[] wall = new double[ROUNDS];
        double[] cpu = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            String[] told = run(folder).split(" ");
            if (Integer.parseInt(told[1]) != findings) {
                throw new IllegalStateException("not " + findings + " findings: " + Arrays.toString(told));
            }
            wall[round] = Double.parseDouble(told[2]);
            cpu[round] = Double.parseDouble(told[3]);
        }
        return List.of(
                Row.of(subject, "time by the clock", "ms", median(wall), goal),
                Row.of(subject, "processor time", "ms", median(cpu), Goal.NONE));
    }

    private static Row whole(String subject, WholeCommand command, Path folder)
            throws IOException, InterruptedException {
        double[] wall = new double[ROUNDS];
        for (int round = 0; round < ROUNDS; round++) {
            wall[round] = command.millis(folder);
        }
        return Row.of(subject, "whole command by the clock", "ms", median(wall), Goal.NONE);
    }

    private static Estimate median(double[] millis) {
        return Bootstrap.median(new double[][] {millis}, SEED);
    }

    private static String run(Path folder) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(AS_MESHCTL);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), AnalyzeOnce.class.getName(), folder.toString()));
        Process process = WholeCommand.process(command, folder)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader reader = process.inputReader()) {
            String line = reader.readLine();
            process.waitFor();
            if (line == null) {
                throw new IllegalStateException("the process ended with " + process.exitValue() + " and said nothing");
            }
            return line;
        } finally {
            process.destroy();
        }
    }
}
