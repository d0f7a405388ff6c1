package io.inmesh.observe;

import io.inmesh.endpoint.CheckState.Verdict;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.EjectionReason;
import io.inmesh.limit.BreakerState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;

/** Counts what happens to endpoints and breakers, by cluster. */
final class EndpointMeters {

    private static final int FAILED = 0;
    private static final int PASSED = 1;

    private final MeterFactory meters;
    private final NamedTable<MeterTable<Counter>> ejections;
    private final NamedTable<Counter> returns;
    private final NamedTable<MeterTable<Counter>> checks;
    private final NamedTable<MeterTable<Counter>> verdicts;
    private final NamedTable<MeterTable<Counter>> breakers;

    /**
     * Makes the meters.
     *
     * @param limit how many clusters are told apart
     */
    EndpointMeters(MeterFactory meters, int limit) {
        this.meters = meters;
        this.ejections = new NamedTable<>(limit, this::ejectionsOf, meters.overflow("clusters"));
        this.returns = new NamedTable<>(limit, this::returnsOf, meters.overflow("clusters"));
        this.checks = new NamedTable<>(limit, this::checksOf, meters.overflow("clusters"));
        this.verdicts = new NamedTable<>(limit, this::verdictsOf, meters.overflow("clusters"));
        this.breakers = new NamedTable<>(limit, this::breakersOf, meters.overflow("clusters"));
    }

    void ejected(Endpoint endpoint, EjectionReason reason) {
        ejections.get(endpoint.cluster()).get(reason.ordinal()).increment();
    }

    void returned(Endpoint endpoint) {
        returns.get(endpoint.cluster()).increment();
    }

    void checked(Endpoint endpoint, boolean passed) {
        checks.get(endpoint.cluster()).get(passed ? PASSED : FAILED).increment();
    }

    void checkChanged(Endpoint endpoint, Verdict verdict) {
        verdicts.get(endpoint.cluster()).get(verdict.ordinal()).increment();
    }

    void breakerChanged(String cluster, BreakerState state) {
        breakers.get(cluster).get(state.ordinal()).increment();
    }

    private MeterTable<Counter> breakersOf(String cluster) {
        return table(
                "inmesh.breaker.changes",
                "Changes of what the failure-rate breaker does with calls",
                cluster,
                "state",
                BreakerState.values());
    }

    private MeterTable<Counter> ejectionsOf(String cluster) {
        return table(
                "inmesh.endpoint.ejections",
                "Endpoints taken out of rotation",
                cluster,
                "reason",
                EjectionReason.values());
    }

    private Counter returnsOf(String cluster) {
        return meters.counter(
                "inmesh.endpoint.returns", "Endpoints put back into rotation", Tags.of("inmesh.cluster", cluster));
    }

    private MeterTable<Counter> checksOf(String cluster) {
        return new MeterTable<>(result -> meters.counter(
                "inmesh.endpoint.checks",
                "Health checks of endpoints",
                Tags.of("inmesh.cluster", cluster, "result", result == PASSED ? "passed" : "failed")));
    }

    private MeterTable<Counter> verdictsOf(String cluster) {
        return table(
                "inmesh.endpoint.check.changes",
                "Changes of what the health checks of an endpoint have shown",
                cluster,
                "verdict",
                Verdict.values());
    }

    private MeterTable<Counter> table(String name, String description, String cluster, String tag, Enum<?>[] values) {
        return new MeterTable<>(ordinal -> meters.counter(
                name,
                description,
                Tags.of("inmesh.cluster", cluster, tag, values[ordinal].name().toLowerCase(Locale.ROOT))));
    }
}
