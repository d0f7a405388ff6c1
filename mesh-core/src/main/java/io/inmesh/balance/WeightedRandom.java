package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.time.Randomness;
import org.jspecify.annotations.Nullable;

/** Draws endpoints by weight. */
final class WeightedRandom implements Balancer {

    private final Randomness randomness;

    WeightedRandom(Randomness randomness) {
        this.randomness = randomness;
    }

    @Override
    public @Nullable Endpoint pick(Pool pool, @Nullable Tried tried) {
        int index = draw(pool);
        if (tried == null) {
            return pool.at(index);
        }
        for (int i = 0; i < REDRAWS && tried.contains(pool.at(index)); i++) {
            index = draw(pool);
        }
        return pool.untried(index, tried);
    }

    private int draw(Pool pool) {
        return pool.indexAt(randomness.below(pool.total()));
    }
}
