package io.inmesh.bench.simulation;

import io.inmesh.config.ConcurrencyConfig;
import io.inmesh.config.InboundConfig;
import io.inmesh.config.InboundTrafficConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.config.RetryConfig.Condition;
import io.inmesh.testkit.simulation.Clients;
import io.inmesh.testkit.simulation.Fleet;
import io.inmesh.testkit.simulation.FleetSpec;
import io.inmesh.testkit.simulation.ProcessSpec;
import io.inmesh.testkit.simulation.Replica;
import io.inmesh.testkit.simulation.Report;
import io.inmesh.testkit.simulation.ServiceTime;
import io.inmesh.testkit.simulation.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * What is still answered in time while five seconds of too much load last, and how long it takes until everything is again: 20 replicas, callers that give up
 * after 150 ms, 0.8 of capacity before and after.
 */
final class Overload implements Scenario {

    private static final Duration BEGIN = Duration.ofSeconds(5);
    private static final Duration END = Duration.ofSeconds(10);
    private static final Duration HORIZON = Duration.ofSeconds(30);
    private static final Duration DEADLINE = Duration.ofMillis(150);
    private static final double USUAL = 0.8;
    private static final List<Double> PULSES = List.of(1.5, 2.0);

    /** One row: what stands between the load and the workers. */
    private record Defence(
            String label, boolean retries, @Nullable InboundConfig inbound) {}

    private static final List<Defence> DEFENCES = List.of(
            new Defence("none, no retries", false, null),
            new Defence("none, up to 2 retries in the usual budget", true, null),
            new Defence("server refuses what nobody waits for any more", true, InboundConfig.OPEN),
            new Defence("and limits concurrency", true, limited()));

    /** What one run showed. */
    private record Result(double goodput, @Nullable Duration recovery, double wasted) {}

    @Override
    public String name() {
        return "overload";
    }

    @Override
    public Table answer(Runs runs, Effort effort) {
        List<Future<Result>> pending = new ArrayList<>();
        for (Defence defence : DEFENCES) {
            for (double pulse : PULSES) {
                pending.add(runs.start(() -> run(effort.seeds().get(0), defence, pulse)));
            }
        }
        List<String> headings = new ArrayList<>(List.of("defence"));
        PULSES.forEach(pulse -> headings.addAll(List.of(
                Figures.format("%.1f ×: in time, %% of capacity", pulse), "recovered after s", "wasted work %")));
        Table table = new Table(headings);
        int next = 0;
        for (Defence defence : DEFENCES) {
            List<String> cells = new ArrayList<>(List.of(defence.label()));
            for (int i = 0; i < PULSES.size(); i++) {
                Result result = Runs.result(pending.get(next++));
                cells.add(Figures.percent(result.goodput()));
                cells.add(
                        result.recovery() == null
                                ? "not in " + HORIZON.minus(END).toSeconds()
                                : Figures.format("%.1f", result.recovery().toMillis() / 1000.0));
                cells.add(Figures.percent(result.wasted()));
            }
            table.row(cells);
        }
        return table;
    }

    private static Result run(long seed, Defence defence, double pulse) {
        Simulation simulation = Simulation.seeded(seed);
        FleetSpec spec = FleetSpec.of(20).serviceTime(ServiceTime.exponential(Duration.ofMillis(10)));
        Fleet fleet = simulation.fleet("reviews", defence.inbound() == null ? spec : spec.inbound(defence.inbound()));
        double capacity = fleet.capacity();
        RetryConfig retry = defence.retries()
                ? RetryConfig.DEFAULT
                        .withConditions(Set.of(Condition.GATEWAY_ERROR, Condition.RESET))
                        .withPerTryTimeout(Duration.ofMillis(100))
                : RetryConfig.NONE;
        Clients clients = simulation.clients(50, ProcessSpec.calling(fleet).route(route -> route.withRetry(retry)));
        clients.load(
                fleet, at -> capacity * (at.compareTo(BEGIN) >= 0 && at.compareTo(END) < 0 ? pulse : USUAL), DEADLINE);
        Report report = simulation.run(Duration.ZERO, HORIZON);
        long served = fleet.replicas().stream().mapToLong(Replica::served).sum();
        long wasted = fleet.replicas().stream().mapToLong(Replica::wasted).sum();
        return new Result(
                report.goodput().perSecond(BEGIN, END) / capacity,
                report.goodput().timeUntil(END, 0.97 * USUAL * capacity, HORIZON),
                wasted / (double) Math.max(1, served));
    }

    private static InboundConfig limited() {
        return new InboundConfig(
                InboundConfig.Mtls.PERMISSIVE,
                List.of(),
                new InboundTrafficConfig(List.of(), ConcurrencyConfig.DEFAULT, false, Duration.ZERO, ""),
                "");
    }
}
