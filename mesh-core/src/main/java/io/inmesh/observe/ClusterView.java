package io.inmesh.observe;

import io.inmesh.limit.BreakerState;
import org.jspecify.annotations.Nullable;

/** What gauges read of a live cluster, whenever metrics are collected. Reading must be cheap and must not block. */
public interface ClusterView {

    /** Where an endpoint stands. Each endpoint is in exactly one state. */
    enum EndpointState {
        /** Takes calls. */
        HEALTHY,
        /** Out of rotation because of what calls to it experienced. */
        EJECTED,
        /** Reported well, but fails the checks of this process. */
        FAILING,
        /** The registry says it is unhealthy. */
        UNHEALTHY,
        /** Takes no new calls. */
        DRAINING
    }

    /** {@return name of the cluster} */
    String cluster();

    /** {@return name of the service it belongs to; clusters of one service share one retry budget} */
    String service();

    /** {@return how many endpoints are in a state now} */
    int endpoints(EndpointState state);

    /** {@return whether too few endpoints are healthy, so that calls go to others as well or are refused} */
    default boolean panic() {
        return false;
    }

    /** {@return what its failure-rate breaker does with calls now; null if it has none} */
    default @Nullable BreakerState breaker() {
        return null;
    }

    /** {@return retries the service may make now} */
    double retryBudgetAvailable();
}
