package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.time.Randomness;
import org.jspecify.annotations.Nullable;

/**
 * The less loaded of two endpoints drawn by weight, without replacement. Load is requests in flight, the one to come included, over weight.
 *
 * <p>Source: Envoy's weighted least request ({@code weight / (active + 1)}), Mitzenmacher's power of two choices. Where neither has
 * anything in flight or their loads are equal, the first one drawn is taken: so an idle cluster is called by weight, where the
 * comparison alone would always prefer the heavier.
 */
final class LeastRequest implements Balancer {

    private final Randomness randomness;

    LeastRequest(Randomness randomness) {
        this.randomness = randomness;
    }

    @Override
    public @Nullable Endpoint pick(Pool pool, @Nullable Tried tried) {
        if (pool.size() == 1) {
            Endpoint only = pool.at(0);
            return tried != null && tried.contains(only) ? null : only;
        }
        if (tried == null) {
            return pool.at(draw(pool));
        }
        int index = draw(pool);
        for (int i = 0; i < REDRAWS && tried.contains(pool.at(index)); i++) {
            index = draw(pool);
        }
        return pool.untried(index, tried);
    }

    private int draw(Pool pool) {
        int first = pool.indexAt(randomness.below(pool.total()));
        int second = pool.indexBeside(first, randomness.below(pool.total() - pool.weight(first)));
        return lessLoaded(pool, first, second);
    }

    private static int lessLoaded(Pool pool, int first, int second) {
        int firstActive = pool.at(first).inFlight();
        int secondActive = pool.at(second).inFlight();
        if (firstActive == 0 && secondActive == 0) {
            return first;
        }
        // Both sides times both weights, which avoids a division; counts below 2^31 and weights below 2^31 stay within
        // a long.
        long firstLoad = (firstActive + 1L) * pool.weight(second);
        long secondLoad = (secondActive + 1L) * pool.weight(first);
        return secondLoad < firstLoad ? second : first;
    }
}
