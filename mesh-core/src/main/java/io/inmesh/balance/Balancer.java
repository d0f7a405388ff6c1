package io.inmesh.balance;

import io.inmesh.config.LoadBalancer;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.time.Randomness;
import org.jspecify.annotations.Nullable;

/** Chooses among endpoints that all may be chosen. Implementations are lock-free and take the same time for any number of endpoints. */
interface Balancer {

    /** How often an endpoint that was tried is drawn before looking for one that was not by going through all. */
    int REDRAWS = 8;

    /**
     * {@return an endpoint of a pool that is not empty; null only if every one of them has been tried}
     *
     * @param tried endpoints not to choose, null for none
     */
    @Nullable
    Endpoint pick(Pool pool, @Nullable Tried tried);

    /** {@return a balancer of its own for one group of endpoints} */
    static Balancer of(LoadBalancer kind, Randomness randomness) {
        return switch (kind) {
            case ROUND_ROBIN -> new RoundRobin(randomness);
            case LEAST_REQUEST -> new LeastRequest(randomness);
            case RANDOM -> new WeightedRandom(randomness);
        };
    }
}
