package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
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

    /**
     * {@return the same for a call with a key; balancers that do not hash pay no attention to it}
     *
     * @param hash the hash of the key
     */
    default @Nullable Endpoint pick(Pool pool, @Nullable Tried tried, long hash) {
        return pick(pool, tried);
    }

    /** {@return the endpoint that a hash belongs to, whether or not it may be picked; null if this balancer does not hash} */
    default @Nullable Endpoint owner(long hash) {
        return null;
    }
}
