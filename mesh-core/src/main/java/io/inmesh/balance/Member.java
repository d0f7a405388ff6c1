package io.inmesh.balance;

import io.inmesh.config.EndpointConfig;
import io.inmesh.config.EndpointConfig.Health;
import io.inmesh.endpoint.Endpoint;

/**
 * An endpoint with what the config of one snapshot says about it, which a newer one may contradict.
 *
 * @param endpoint the endpoint
 * @param weight relative weight, at least 1
 * @param health what the registry says
 * @param priority lower is used first
 */
record Member(Endpoint endpoint, long weight, Health health, int priority) {

    static Member of(Endpoint endpoint) {
        EndpointConfig config = endpoint.config();
        return new Member(endpoint, config.weight(), config.health(), config.priority());
    }

    boolean usable() {
        return health == Health.HEALTHY && endpoint.inRotation();
    }

    boolean draining() {
        return health == Health.DRAINING;
    }
}
