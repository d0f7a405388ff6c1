package io.inmesh.snapshot;

import io.inmesh.cluster.ClusterLoad;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.health.OutlierDetection;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.retry.RetryBudget;
import io.inmesh.time.Clock;
import java.util.HashMap;
import java.util.Map;

/** State that outlives configs, by cluster and service. Written by the compiler only. */
public final class LiveState {

    final Clock clock;
    final Map<String, RetryBudget> budgets = new HashMap<>();
    final Map<String, ClusterState> clusters = new HashMap<>();

    /** Makes an empty state. */
    public LiveState(Clock clock) {
        this.clock = clock;
    }

    RetryBudget budget(ClusterConfig config) {
        RetryBudget budget =
                budgets.computeIfAbsent(config.service(), name -> new RetryBudget(config.retryBudget(), clock));
        budget.reconfigure(config.retryBudget());
        return budget;
    }

    ClusterState cluster(ClusterConfig config) {
        ClusterState state = clusters.computeIfAbsent(config.name(), name -> new ClusterState(config, clock));
        state.limits.reconfigure(config.circuitBreaker());
        state.outliers.reconfigure(config.outlierDetection());
        return state;
    }

    static final class ClusterState {
        final ClusterLimits limits;
        final OutlierDetection outliers;
        final ClusterLoad load = new ClusterLoad();
        final Map<String, Endpoint> endpoints = new HashMap<>();

        ClusterState(ClusterConfig config, Clock clock) {
            limits = new ClusterLimits(config.circuitBreaker(), clock);
            outliers = new OutlierDetection(config.name(), config.outlierDetection(), clock);
        }

        Endpoint endpoint(String cluster, EndpointConfig config) {
            Endpoint endpoint = endpoints.computeIfAbsent(
                    config.host() + " " + config.port(), key -> new Endpoint(cluster, config));
            endpoint.update(config);
            return endpoint;
        }
    }
}
