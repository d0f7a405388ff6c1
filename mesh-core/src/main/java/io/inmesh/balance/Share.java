package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import org.jspecify.annotations.Nullable;

/**
 * What one priority contributes while a {@link Distribution} holds.
 *
 * @param priority the priority
 * @param pool its endpoints that take traffic, not empty
 * @param millionths its part of the traffic; 0 if it stands by
 * @param panic whether the pool ignores ejection and health because too few would be left
 * @param balancer chooses among them
 */
record Share(int priority, Pool pool, int millionths, boolean panic, Balancer balancer) {

    static final int WHOLE = 1_000_000;

    @Nullable
    Endpoint pick(@Nullable Tried tried) {
        return balancer.pick(pool, tried);
    }
}
