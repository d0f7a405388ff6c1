package io.inmesh.observe;

import io.inmesh.limit.BreakerState;
import io.inmesh.observe.ClusterView.EndpointState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Gauges of the clusters of the current config; those of clusters that left go with them. */
final class ClusterGauges {

    private final MultiGauge endpoints;
    private final MultiGauge panics;
    private final MultiGauge budgets;
    private final MultiGauge breakers;
    // Gauges hold what they read weakly.
    @SuppressWarnings("UnusedVariable")
    private volatile List<ClusterView> held = List.of();

    ClusterGauges(MeterRegistry registry) {
        endpoints = MultiGauge.builder("inmesh.endpoints")
                .description("Endpoints by cluster and state")
                .register(registry);
        panics = MultiGauge.builder("inmesh.endpoints.panic")
                .description(
                        "1 while too few endpoints of a cluster are healthy, so that calls go to others as well or are refused")
                .register(registry);
        breakers = MultiGauge.builder("inmesh.breaker.state")
                .description("1 for the state that the failure-rate breaker of a cluster is in")
                .register(registry);
        budgets = MultiGauge.builder("inmesh.retry.budget.available")
                .description("Retries a service may make now")
                .register(registry);
    }

    void show(Collection<? extends ClusterView> clusters) {
        List<ClusterView> views = List.copyOf(clusters);
        List<Row<?>> endpointRows = new ArrayList<>();
        List<Row<?>> panicRows = new ArrayList<>();
        List<Row<?>> breakerRows = new ArrayList<>();
        Map<String, Row<?>> budgetRows = new LinkedHashMap<>();
        for (ClusterView view : views) {
            for (EndpointState state : EndpointState.values()) {
                endpointRows.add(Row.of(
                        Tags.of(
                                "inmesh.cluster",
                                view.cluster(),
                                "state",
                                state.name().toLowerCase(Locale.ROOT)),
                        view,
                        cluster -> cluster.endpoints(state)));
            }
            panicRows.add(Row.of(Tags.of("inmesh.cluster", view.cluster()), view, cluster -> cluster.panic() ? 1 : 0));
            addBreaker(view, breakerRows);
            budgetRows.putIfAbsent(
                    view.service(),
                    Row.of(Tags.of("inmesh.service", view.service()), view, ClusterView::retryBudgetAvailable));
        }
        held = views;
        endpoints.register(endpointRows, true);
        panics.register(panicRows, true);
        breakers.register(breakerRows, true);
        budgets.register(budgetRows.values(), true);
    }

    private static void addBreaker(ClusterView view, List<Row<?>> rows) {
        if (view.breaker() == null) {
            return;
        }
        for (BreakerState state : BreakerState.values()) {
            rows.add(Row.of(
                    Tags.of(
                            "inmesh.cluster",
                            view.cluster(),
                            "state",
                            state.name().toLowerCase(Locale.ROOT)),
                    view,
                    cluster -> cluster.breaker() == state ? 1 : 0));
        }
    }
}
