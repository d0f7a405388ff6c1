package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * What one priority, or one locality of it, contributes while a {@link Distribution} holds.
 *
 * @param priority the priority
 * @param locality the locality; null if it is the whole priority
 * @param pool its endpoints that take traffic; empty only if it refuses
 * @param millionths its part of the traffic; 0 if it stands by
 * @param panic whether too few of its endpoints are usable, so that the pool ignores ejection and health, or is empty to refuse
 * @param balancer chooses among them
 */
record Share(int priority, @Nullable String locality, Pool pool, int millionths, boolean panic, Balancer balancer) {

    static final int WHOLE = 1_000_000;

    @Nullable
    Endpoint pick(@Nullable Tried tried) {
        return balancer.pick(pool, tried);
    }

    @Nullable
    Endpoint pick(@Nullable Tried tried, long hash) {
        return balancer.pick(pool, tried, hash);
    }

    /** {@return whether calls drawn to it are refused} */
    boolean refuses() {
        return pool.isEmpty();
    }
}
