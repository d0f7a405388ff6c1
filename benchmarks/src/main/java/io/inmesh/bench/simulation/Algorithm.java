package io.inmesh.bench.simulation;

import io.inmesh.config.LoadBalancer;
import io.inmesh.config.RetryConfig;
import io.inmesh.testkit.simulation.Fleet;
import io.inmesh.testkit.simulation.ProcessSpec;
import java.util.List;

/**
 * A way to choose endpoints that is compared with others.
 *
 * @param label what the tables call it
 * @param loadBalancer what the config calls it
 */
record Algorithm(String label, LoadBalancer loadBalancer) {

    /** Those that are compared, from the simplest on. */
    static final List<Algorithm> ALL = List.of(
            new Algorithm("round robin", LoadBalancer.ROUND_ROBIN),
            new Algorithm("least request", LoadBalancer.LEAST_REQUEST),
            new Algorithm("peak EWMA", LoadBalancer.PEAK_EWMA),
            new Algorithm("probing", LoadBalancer.PROBING));

    /** {@return a process that calls a fleet so, and never twice} */
    ProcessSpec withoutRetries(Fleet fleet) {
        return ProcessSpec.calling(fleet)
                .cluster(cluster -> cluster.withLoadBalancer(loadBalancer))
                .route(route -> route.withRetry(RetryConfig.NONE));
    }
}
