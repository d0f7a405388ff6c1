package io.inmesh;

import io.inmesh.cluster.Cluster;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.limit.BreakerState;
import io.inmesh.observe.ClusterView;
import org.jspecify.annotations.Nullable;

/** A cluster as gauges see it. */
record LiveCluster(Cluster target) implements ClusterView {

    @Override
    public String cluster() {
        return target.name();
    }

    @Override
    public String service() {
        return target.service();
    }

    @Override
    public int endpoints(EndpointState state) {
        int count = 0;
        for (Endpoint endpoint : target.endpoints()) {
            count += stateOf(endpoint) == state ? 1 : 0;
        }
        return count;
    }

    @Override
    public boolean panic() {
        return target.panic();
    }

    @Override
    public @Nullable BreakerState breaker() {
        return target.limits().breakerState();
    }

    @Override
    public double retryBudgetAvailable() {
        return target.retryBudget().available();
    }

    private static EndpointState stateOf(Endpoint endpoint) {
        Health health = endpoint.config().health();
        if (health == Health.HEALTHY) {
            if (endpoint.ejection().ejected()) {
                return EndpointState.EJECTED;
            }
            return endpoint.inRotation() ? EndpointState.HEALTHY : EndpointState.FAILING;
        }
        return health == Health.DRAINING ? EndpointState.DRAINING : EndpointState.UNHEALTHY;
    }
}
