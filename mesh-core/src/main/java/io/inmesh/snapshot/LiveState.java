package io.inmesh.snapshot;

import io.inmesh.balance.BalanceState;
import io.inmesh.cluster.ClientPolicy;
import io.inmesh.cluster.ClusterLoad;
import io.inmesh.cluster.ClusterState;
import io.inmesh.cluster.Demand;
import io.inmesh.cluster.Demands;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.EndpointRegistry;
import io.inmesh.health.OutlierDetection;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.retry.RetryBudget;
import io.inmesh.tally.ClusterTraffic;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What outlives configs: endpoints, ejections and limits by cluster, retry budgets by service. Holds exactly what the newest config has;
 * what a config no longer mentions starts afresh when it comes back. Written by the compiler only, by one thread at a time.
 */
public final class LiveState {

    private final Clock clock;
    private final Demands demands;
    private final Map<String, RetryBudget> budgets = new HashMap<>();
    private final Map<String, ServiceAttempts> attempts = new HashMap<>();
    private final Map<String, Entry> clusters = new HashMap<>();

    /**
     * Makes an empty state of clusters whose endpoints are known.
     *
     * @param clock clock of budgets, limits and ejections
     */
    public LiveState(Clock clock) {
        this(clock, new Demands());
    }

    /**
     * Makes an empty state.
     *
     * @param clock clock of budgets, limits and ejections
     * @param demands told which deferred clusters are called
     */
    public LiveState(Clock clock, Demands demands) {
        this.clock = clock;
        this.demands = demands;
    }

    /** {@return how many clusters there is state of} */
    public int clusterCount() {
        return clusters.size();
    }

    /** {@return how many endpoints there is state of} */
    public int endpointCount() {
        return clusters.values().stream()
                .mapToInt(entry -> entry.registry.size())
                .sum();
    }

    /** {@return how many services there is a retry budget of} */
    public int serviceCount() {
        return budgets.size();
    }

    /**
     * Drops what a config no longer has, and takes over its retry budgets. Where clusters of one service disagree about their shared
     * budget, the first one in the config decides.
     *
     * @return endpoints of clusters that left
     */
    List<Endpoint> retain(MeshConfig config) {
        Set<String> names = new HashSet<>();
        Set<String> services = new HashSet<>();
        for (ClusterConfig cluster : config.clusters()) {
            names.add(cluster.name());
            if (services.add(cluster.service())) {
                budgets.computeIfAbsent(cluster.service(), service -> new RetryBudget(cluster.retryBudget(), clock))
                        .reconfigure(cluster.retryBudget());
            }
        }
        budgets.keySet().retainAll(services);
        attempts.keySet().retainAll(services);
        List<Endpoint> removed = new ArrayList<>();
        clusters.entrySet().removeIf(entry -> {
            boolean left = !names.contains(entry.getKey());
            if (left) {
                entry.getValue().belongTo(null);
                removed.addAll(entry.getValue().registry.endpoints());
            }
            return left;
        });
        return removed;
    }

    /** {@return the state of a cluster, reconfigured as its new config says} */
    Entry update(ClusterConfig config, Randomness randomness) {
        Entry entry =
                clusters.computeIfAbsent(config.name(), name -> new Entry(config, clock, randomness, demands.of(name)));
        entry.limits.reconfigure(config.circuitBreaker());
        entry.outliers.reconfigure(config.outlierDetection());
        entry.clientPolicy.reconfigure(config.clientPolicy());
        entry.load.retain(
                config.endpoints().stream().map(EndpointConfig::locality).collect(Collectors.toSet()));
        return entry;
    }

    /** {@return what a compiled cluster needs of its state} */
    ClusterState stateOf(ClusterConfig config, Entry entry) {
        RetryBudget budget = budgets.get(config.service());
        if (budget == null) {
            throw new IllegalStateException("service " + config.service() + " was not retained");
        }
        ServiceAttempts sent = attempts.computeIfAbsent(config.service(), service -> new ServiceAttempts());
        entry.belongTo(sent);
        budget.attempts(sent);
        return new ClusterState(
                budget,
                entry.limits,
                entry.outliers,
                entry.load,
                entry.traffic,
                entry.clientPolicy,
                entry.balance,
                entry.demand);
    }

    /** State of one cluster. */
    static final class Entry {
        private final ClusterLimits limits;
        private final OutlierDetection outliers;
        private final ClusterLoad load = new ClusterLoad();
        private final ClusterTraffic traffic = new ClusterTraffic();
        private final ClientPolicy clientPolicy;
        private final BalanceState balance;
        private final EndpointRegistry registry;
        private final Demand demand;
        private @Nullable ServiceAttempts service;

        private Entry(ClusterConfig config, Clock clock, Randomness randomness, Demand demand) {
            this.demand = demand;
            limits = new ClusterLimits(config.circuitBreaker(), clock);
            outliers = new OutlierDetection(config.name(), config.outlierDetection(), clock, randomness);
            clientPolicy = new ClientPolicy(config.clientPolicy(), clock);
            balance = new BalanceState(clock, load::inProgress);
            registry = new EndpointRegistry(config.name(), clock);
        }

        /** Counts what is sent to this cluster as sent to a service; null for none. */
        void belongTo(@Nullable ServiceAttempts newer) {
            if (service != null && service != newer) {
                service.leave(load);
            }
            service = newer;
            if (newer != null) {
                newer.join(load);
            }
        }

        EndpointRegistry registry() {
            return registry;
        }
    }
}
