package io.inmesh.bench.macro;

import io.inmesh.bench.macro.Family.Comparison;
import io.inmesh.bench.report.Estimate;
import io.inmesh.bench.report.Goal;
import io.inmesh.bench.report.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Which ratios stand in the table. */
final class MacroTable {

    /** How far the control may be from 1 before wall-clock ratios of its family tell nothing. */
    static final double CONTROL_WIDTH = 0.02;

    private final Family family;
    private final Results results;
    private final List<Row> rows = new ArrayList<>();

    private MacroTable(Family family, Results results) {
        this.family = family;
        this.results = results;
    }

    /** {@return the lines of one family} */
    static List<Row> rows(Family family, Results results) {
        MacroTable table = new MacroTable(family, results);
        family.comparisons().forEach(table::compare);
        return table.rows;
    }

    /** {@return what a reader has to know of one family's run} */
    static String note(Family family, Results results) {
        Arm bare = family.bare();
        return String.format(
                Locale.ROOT,
                "%s: bare made %,.0f calls/s alone and %,.0f with eight callers; open loop p50 %,.0f µs, p99 %,.0f µs at half"
                        + " of that; %,.0f B per call. Other programs took %.0f %% of the cores, the hypervisor %.1f %% (medians)."
                        + " Clients collected garbage for %d ms in all. %d calls failed or were not begun.",
                family.name(),
                results.median(bare, Turn.CLOSED_1, Sample::callsPerSecond),
                results.median(bare, Turn.CLOSED_8, Sample::callsPerSecond),
                results.median(bare, Turn.OPEN, Sample::p50Nanos) / 1000,
                results.median(bare, Turn.OPEN, Sample::p99Nanos) / 1000,
                results.median(bare, Turn.CLOSED_8, Sample::bytesPerCall),
                results.medianForeignShare() * 100,
                results.medianStolenShare() * 100,
                results.gcMillis(),
                results.failures());
    }

    /** {@return bytes allocated per call of each arm, since a ratio does not say how many more there are} */
    static String bytes(Family family, Results results) {
        return family.name() + ", client bytes per call: "
                + family.arms().stream()
                        .map(arm -> String.format(
                                Locale.ROOT,
                                "%s %,.0f",
                                arm.name().toLowerCase(Locale.ROOT),
                                results.median(arm, Turn.CLOSED_8, Sample::bytesPerCall)))
                        .collect(Collectors.joining(", "))
                + ".";
    }

    private void compare(Comparison comparison) {
        Goal throughput = comparison.throughput();
        add(comparison, "throughput, 1 caller", Turn.CLOSED_1, Sample::callsPerSecond, throughput);
        add(comparison, "throughput, 8 callers", Turn.CLOSED_8, Sample::callsPerSecond, throughput);
        add(comparison, "calls per CPU second, 1 caller", Turn.CLOSED_1, Sample::callsPerCpuSecond, throughput);
        add(comparison, "calls per CPU second, 8 callers", Turn.CLOSED_8, Sample::callsPerCpuSecond, throughput);
        add(comparison, "client bytes per call", Turn.CLOSED_8, Sample::bytesPerCall, comparison.bytes());
        add(comparison, "open loop p50", Turn.OPEN, Sample::p50Nanos, Goal.NONE);
        add(comparison, "open loop p90", Turn.OPEN, Sample::p90Nanos, Goal.NONE);
        add(comparison, "open loop p99", Turn.OPEN, Sample::p99Nanos, Goal.NONE);
    }

    private void add(Comparison comparison, String label, Turn turn, ToDoubleFunction<Sample> measure, Goal goal) {
        Estimate ratio = results.ratio(comparison.arm(), comparison.over(), turn, measure);
        Row row = Row.of(family.name() + ": " + comparison.name(), label, "×", ratio, goal);
        rows.add(quiet(turn, measure) ? row : row.asVoid());
    }

    /** Whether two arms that are the same measured the same. */
    private boolean quiet(Turn turn, ToDoubleFunction<Sample> measure) {
        Comparison control = family.comparisons().get(0);
        Estimate twin = results.ratio(control.arm(), control.over(), turn, measure);
        return twin.low() >= 1 - CONTROL_WIDTH && twin.high() <= 1 + CONTROL_WIDTH;
    }
}
