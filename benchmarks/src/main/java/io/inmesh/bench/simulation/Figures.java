package io.inmesh.bench.simulation;

import io.inmesh.testkit.simulation.Report;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** How figures of several seeds become one piece of text: the median of seeds. */
final class Figures {
    private Figures() {}

    static double median(List<Report> reports, ToDoubleFunction<Report> measure) {
        double[] sorted = reports.stream().mapToDouble(measure).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    /** {@return a percentile of latency in milliseconds} */
    static String percentile(List<Report> reports, double percent) {
        return millis(median(reports, report -> report.percentile(percent).toNanos()));
    }

    static String millis(double nanos) {
        double millis = nanos / Duration.ofMillis(1).toNanos();
        return millis >= 100 ? format("%,.0f", millis) : format("%.1f", millis);
    }

    static String errors(List<Report> reports) {
        return percent(median(reports, Report::errorRate));
    }

    static String percent(double share) {
        double percent = share * 100;
        return percent == 0 ? "0" : percent < 0.01 ? "< 0.01" : format(percent < 1 ? "%.2f" : "%.1f", percent);
    }

    static String format(String pattern, double value) {
        return String.format(Locale.ROOT, pattern, value);
    }
}
