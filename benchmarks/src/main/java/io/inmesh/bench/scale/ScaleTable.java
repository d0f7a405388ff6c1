package io.inmesh.bench.scale;

import io.inmesh.bench.report.Bootstrap;
import io.inmesh.bench.report.Estimate;
import io.inmesh.bench.report.Goal;
import io.inmesh.bench.report.Report;
import io.inmesh.bench.report.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table of a run. */
final class ScaleTable {

    private static final long SEED = 20;
    private static final double KILO = 1e3;
    private static final double MEGA = 1e6;
    private static final int HEAP_GOAL_KILOBYTES = 60;
    private static final int ENDPOINT_GOAL_MILLIS = 300;

    private ScaleTable() {}

    /**
     * {@return the table}
     *
     * @param stages what was measured, in the order of the numbers of processes
     * @param before the same of another version of the server, to be compared with; empty if there is none
     */
    static Report of(List<Stage> stages, List<Stage> before) {
        List<Row> rows = new ArrayList<>();
        rows.add(row(
                "two processes", "live heap of the server", "MB", stages.get(0).idleHeap() / MEGA));
        Stage previous = null;
        for (Stage stage : stages) {
            boolean most = stage == stages.get(stages.size() - 1);
            rows.addAll(memory(stage, previous));
            for (Stage.Named named : stage.rounds()) {
                String subject = subject(stage) + ", " + named.name();
                rows.addAll(change(subject, named.result(), most && named.name().contains("endpoint")));
            }
            stage.restart().forEach(restart -> rows.addAll(restart(subject(stage), restart)));
            previous = stage;
        }
        for (int i = 0; i < Math.min(before.size(), stages.size()); i++) {
            rows.addAll(ratios(stages.get(i), before.get(i)));
        }
        return new Report("What connected processes cost a control server", rows, notes());
    }

    private static String subject(Stage stage) {
        return String.format(Locale.ROOT, "%,d processes", stage.streams());
    }

    private static List<Row> memory(Stage stage, @Nullable Stage previous) {
        String subject = subject(stage);
        List<Row> rows = new ArrayList<>();
        rows.add(row(subject, "live heap of the server", "MB", stage.heap() / MEGA));
        if (previous != null) {
            int more = stage.streams() - previous.streams();
            rows.add(Row.of(
                    subject,
                    "heap for each more",
                    "kB",
                    Estimate.exactly((stage.heap() - previous.heap()) / more / KILO),
                    Goal.atMost(HEAP_GOAL_KILOBYTES)));
            rows.add(row(
                    subject, "off the heap for each more", "kB", (stage.offHeap() - previous.offHeap()) / more / KILO));
        }
        rows.add(row(subject, "resident memory of the server", "MB", stage.resident() / MEGA));
        rows.add(row(subject, "sent to each when it came", "kB", stage.firstBytesPerStream() / KILO));
        return rows;
    }

    private static List<Row> change(String subject, Round.Result result, boolean goal) {
        double[] sorted = result.millis().clone();
        Arrays.sort(sorted);
        double p99 = sorted[(int) Math.ceil(0.99 * sorted.length) - 1];
        return List.of(
                row(subject, "processes reached", "", result.reached()),
                Row.of(
                        subject,
                        "to the last ACK, p50",
                        "ms",
                        Bootstrap.median(new double[][] {result.millis()}, SEED),
                        Goal.NONE),
                Row.of(
                        subject,
                        "to the last ACK, p99",
                        "ms",
                        Estimate.exactly(p99),
                        goal ? Goal.atMost(ENDPOINT_GOAL_MILLIS) : Goal.NONE),
                row(
                        subject,
                        "to the last ACK, mean",
                        "ms",
                        Arrays.stream(sorted).average().orElse(0)),
                row(subject, "mean by the server's own metric", "ms", result.convergenceMillis()),
                row(subject, "sent to all together", "kB", result.bytes() / KILO),
                row(subject, "responses", "", result.responses()),
                row(subject, "processor time of the server", "ms", result.cpuMillis()));
    }

    private static List<Row> restart(String subject, Stage.Restart restart) {
        String what = subject + ", server killed and started again";
        return List.of(
                row(what, "until it takes connections", "s", restart.readySeconds()),
                row(what, "processor time until then", "s", restart.readyCpuSeconds()),
                row(what, "until the last is current", "s", restart.currentSeconds()),
                row(what, "processor time until then", "s", restart.currentCpuSeconds()),
                row(what, "sent to each", "B", restart.receivedPerStream()),
                row(what, "sent by each", "B", restart.sentPerStream()));
    }

    private static List<Row> ratios(Stage now, Stage before) {
        List<Row> rows = new ArrayList<>();
        String subject = subject(now) + ", to the version before";
        rows.add(row(subject, "live heap", "×", now.heap() / before.heap()));
        for (int i = 0; i < now.rounds().size(); i++) {
            Round.Result after = now.rounds().get(i).result();
            Round.Result then = before.rounds().get(i).result();
            String change = subject + ", " + now.rounds().get(i).name();
            rows.add(row(change, "processor time of the server", "×", after.cpuMillis() / then.cpuMillis()));
            rows.add(row(
                    change,
                    "to the last ACK, p50",
                    "×",
                    Bootstrap.medianOf(after.millis()) / Bootstrap.medianOf(then.millis())));
        }
        return rows;
    }

    private static Row row(String subject, String measure, String unit, double value) {
        return Row.of(subject, measure, unit, Estimate.exactly(value), Goal.NONE);
    }

    private static List<String> notes() {
        return List.of(
                "One control server in a process of its own, " + String.join(" ", Server.JVM)
                        + ", and one process that holds the streams, on the same machine. Every"
                        + " stream has a TLS connection of its own with a client certificate, made in full, and does what the library does: all clusters and"
                        + " listeners it may see, then endpoints and routes by name, an answer to each response. Reports of load and the relay, which a process"
                        + " has on the same connection, are left out.",
                "1,000 services of 50 endpoints from files, ten services in each of 100 namespaces. Those of one namespace are seen by"
                        + " all, the others only by their own (exportTo), so a process sees 20 services and 1,000 endpoints.",
                "Heap is live objects after a full collection; off the heap is resident memory less what the heap has taken, which is mostly TLS.",
                "Times are from before the change is sent (an instance says that it is ill, or well again; a VirtualService is applied) to the last answer of those who have"
                        + " what changed; " + Scale.CHANGES
                        + " changes one after the other, after some that do not count. p99 of so few is the slowest.",
                "The server's own metric (inmesh_ads_convergence_seconds) begins when the change is known to discovery and counts all processes, also those it has nothing for.",
                "Bytes are those of messages, before HTTP/2 and TLS.",
                "Processes reconnect with the waits of the library, and the server admits 500 streams a second, its default.");
    }
}
