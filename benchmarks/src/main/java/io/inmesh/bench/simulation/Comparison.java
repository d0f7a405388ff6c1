package io.inmesh.bench.simulation;

import io.inmesh.testkit.simulation.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.function.Function;

/** A table with a row for each algorithm and a column for each case. */
final class Comparison {
    private Comparison() {}

    /** One run. */
    @FunctionalInterface
    interface Run<C> {
        Report of(long seed, Algorithm algorithm, C setting);
    }

    static <C> Table of(
            Runs runs,
            Effort effort,
            String corner,
            List<C> cases,
            Function<C, String> heading,
            Run<C> run,
            Function<List<Report>, String> cell) {
        List<List<Future<Report>>> pending = new ArrayList<>();
        for (Algorithm algorithm : Algorithm.ALL) {
            for (C setting : cases) {
                pending.add(runs.start(effort, seed -> run.of(seed, algorithm, setting)));
            }
        }
        List<String> headings = new ArrayList<>(List.of(corner));
        cases.forEach(setting -> headings.add(heading.apply(setting)));
        Table table = new Table(headings);
        int next = 0;
        for (Algorithm algorithm : Algorithm.ALL) {
            List<String> cells = new ArrayList<>(List.of(algorithm.label()));
            for (int i = 0; i < cases.size(); i++) {
                cells.add(cell.apply(Runs.results(pending.get(next++))));
            }
            table.row(cells);
        }
        return table;
    }

    static String latencyAndErrors(List<Report> reports) {
        return Figures.percentile(reports, 50) + " / " + Figures.percentile(reports, 99) + " / "
                + Figures.percentile(reports, 99.9) + ", " + Figures.errors(reports);
    }
}
