package io.inmesh.bench.micro;

import io.inmesh.bench.report.Estimate;
import io.inmesh.bench.report.Goal;
import io.inmesh.bench.report.Row;
import io.inmesh.config.LoadBalancer;
import java.util.ArrayList;
import java.util.List;

/** Which results stand in the table, and the goals they are held against. */
final class MicroTable {

    private static final String DECISION = "DecisionBenchmark.";
    private static final Goal FLAT = Goal.atMost(1.5);
    private static final List<Integer> SIZES = List.of(10, 100, 1000, 10_000);

    private MicroTable() {}

    /** {@return the lines of a run with one thread} */
    static List<Row> rows(Scores scores) {
        List<Row> rows = new ArrayList<>();
        for (String grown : List.of("endpoints", "routes", "services")) {
            for (int size : SIZES) {
                cost(
                        rows,
                        scores,
                        DECISION + grown + " " + size,
                        "decision + accounting, " + size + " " + grown,
                        300,
                        200);
            }
            rows.add(flat(scores, grown));
        }
        hook(rows, scores, "OkHttpHookBenchmark", "meshed", "OkHttp hook", 500, 700);
        hook(rows, scores, "GrpcHookBenchmark", "meshed", "gRPC hook", 600, 500);
        hook(rows, scores, "ServletHookBenchmark", "filtered", "servlet filter, plaintext", 500, 300);
        hook(rows, scores, "ServletHookBenchmark", "authorized", "servlet filter, mTLS and 10 policies", 500, 300);
        for (LoadBalancer policy : LoadBalancer.values()) {
            for (int size : List.of(10, 10_000)) {
                inform(
                        rows,
                        scores,
                        DECISION + "balancers " + policy + " " + size,
                        "decision by " + policy + ", " + size + " endpoints");
            }
        }
        for (Concern concern : Concern.values()) {
            inform(rows, scores, DECISION + "concerns " + concern, "decision with " + concern);
        }
        inform(rows, scores, DECISION + "withMeters", "decision with Micrometer counters and timers");
        inform(rows, scores, DECISION + "watchable 0", "decision that meshctl tap could watch");
        inform(rows, scores, DECISION + "watchable 1", "decision that meshctl tap watches");
        for (String algorithm : List.of("ES256", "RS256")) {
            inform(rows, scores, "TokenBenchmark.known " + algorithm, "token known before, " + algorithm);
            inform(rows, scores, "TokenBenchmark.verified " + algorithm, "token to be verified, " + algorithm);
        }
        for (int size : List.of(10, 10_000)) {
            inform(rows, scores, "ConfigSwapBenchmark.apply " + size, "config swap, " + size + " endpoints");
        }
        inform(rows, scores, "BaselineBenchmark.arithmetic", "baseline");
        return rows;
    }

    /** {@return what a second thread does to the first} */
    static Row contention(Scores one, Scores two) {
        String benchmark = DECISION + "endpoints 100";
        Estimate ratio = two.nanos(benchmark).over(one.nanos(benchmark));
        return Row.of("decision, 2 threads over 1", "time", "×", ratio, Goal.atMost(1.3));
    }

    private static void cost(List<Row> rows, Scores scores, String benchmark, String subject, int nanos, int bytes) {
        rows.add(Row.of(subject, "time", "ns", scores.nanos(benchmark), Goal.atMost(nanos)));
        rows.add(Row.of(subject, "allocation", "B", scores.bytes(benchmark), Goal.atMost(bytes)));
    }

    private static void hook(
            List<Row> rows, Scores scores, String group, String with, String subject, int nanos, int bytes) {
        String bare = group + ".bare";
        String hooked = group + "." + with;
        Estimate time = scores.nanos(hooked).minus(scores.nanos(bare));
        Estimate allocation = scores.bytes(hooked).minus(scores.bytes(bare));
        rows.add(Row.of(subject, "time beyond bare", "ns", time, Goal.atMost(nanos)));
        rows.add(Row.of(subject, "allocation beyond bare", "B", allocation, Goal.atMost(bytes)));
    }

    private static Row flat(Scores scores, String grown) {
        Estimate small = scores.nanos(DECISION + grown + " " + SIZES.get(0));
        Estimate large = scores.nanos(DECISION + grown + " " + SIZES.get(SIZES.size() - 1));
        return Row.of("decision, 10,000 over 10 " + grown, "time", "×", large.over(small), FLAT);
    }

    static void inform(List<Row> rows, Scores scores, String benchmark, String subject) {
        rows.add(Row.of(subject, "time", "ns", scores.nanos(benchmark), Goal.NONE));
        rows.add(Row.of(subject, "allocation", "B", scores.bytes(benchmark), Goal.NONE));
    }
}
