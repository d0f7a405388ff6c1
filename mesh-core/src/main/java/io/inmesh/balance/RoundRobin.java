package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.time.Randomness;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Smooth weighted round robin without a lock: one counter walks the line of weights in even steps.
 *
 * <p>With equal weights the step is one, so endpoints take turns. Otherwise it is next to the golden section of the sum of weights and
 * coprime to it: every position is met once per round, so shares are exact, and successive positions lie far apart, so a heavy endpoint's
 * turns are spread over the round (the three-distance theorem; the usual algorithm needs a lock, and a precomputed schedule memory).
 */
final class RoundRobin implements Balancer {

    private final AtomicLong turn;
    private volatile @Nullable Walk walk;

    /** Begins anywhere, so that clients started together do not call the same endpoint first. */
    RoundRobin(Randomness randomness) {
        turn = new AtomicLong(randomness.below(1L << 31));
    }

    @Override
    public @Nullable Endpoint pick(Pool pool, @Nullable Tried tried) {
        Walk current = walk;
        if (current == null || current.pool != pool) {
            current = new Walk(pool);
            walk = current;
        }
        int index = current.index(turn.getAndIncrement());
        if (tried == null) {
            return pool.at(index);
        }
        for (int i = 0; i < REDRAWS && tried.contains(pool.at(index)); i++) {
            index = current.index(turn.getAndIncrement());
        }
        return pool.untried(index, tried);
    }

    /** The steps through one pool. */
    private static final class Walk {
        final Pool pool;
        final long step;

        Walk(Pool pool) {
            this.pool = pool;
            this.step = pool.equalWeights() ? 1 : Numbers.evenStep(pool.total());
        }

        int index(long turn) {
            long total = pool.total();
            return pool.indexAt((turn & Long.MAX_VALUE) % total * step % total);
        }
    }
}
