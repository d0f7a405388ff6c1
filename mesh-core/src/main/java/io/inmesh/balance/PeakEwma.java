package io.inmesh.balance;

import io.inmesh.endpoint.Endpoint;
import io.inmesh.endpoint.Experience;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import org.jspecify.annotations.Nullable;

/**
 * The one of two endpoints, drawn by weight and without replacement, that is expected to answer sooner: response time times requests in
 * flight, the one to come included, over weight.
 *
 * <p>Source: Finagle and Linkerd {@code peakEwma}: a slower answer counts at once, a faster one in time. Failures do not count as
 * answers, and the share of them makes an endpoint look slower, so that one which fails fast attracts no traffic.
 */
final class PeakEwma implements Balancer {

    /** An endpoint that always fails costs as much as one that is this much slower and one. */
    static final double ERROR_FACTOR = 50;

    private final Clock clock;
    private final Randomness randomness;

    PeakEwma(Clock clock, Randomness randomness) {
        this.clock = clock;
        this.randomness = randomness;
    }

    @Override
    public @Nullable Endpoint pick(Pool pool, @Nullable Tried tried) {
        return pickAt(pool, tried, clock.nanos());
    }

    @Nullable
    Endpoint pickAt(Pool pool, @Nullable Tried tried, long nowNanos) {
        if (pool.size() == 1) {
            Endpoint only = pool.at(0);
            return tried != null && tried.contains(only) ? null : only;
        }
        int index = draw(pool, nowNanos);
        if (tried == null) {
            return pool.at(index);
        }
        for (int i = 0; i < REDRAWS && tried.contains(pool.at(index)); i++) {
            index = draw(pool, nowNanos);
        }
        return pool.untried(index, tried);
    }

    private int draw(Pool pool, long nowNanos) {
        int first = pool.indexAt(randomness.below(pool.total()));
        int second = pool.indexBeside(first, randomness.below(pool.total() - pool.weight(first)));
        double firstCost = cost(pool.at(first), nowNanos);
        double secondCost = cost(pool.at(second), nowNanos);
        if (pool.at(first).inFlight() > 0 || pool.at(second).inFlight() > 0) {
            // Where both are idle the draw has seen to the weights already; the comparison would count them twice.
            firstCost *= pool.weight(second);
            secondCost *= pool.weight(first);
        }
        return secondCost < firstCost ? second : first;
    }

    /** {@return nanoseconds until an endpoint is expected to answer, errors counted in} */
    static double cost(Endpoint endpoint, long nowNanos) {
        int inFlight = endpoint.inFlight();
        Experience experience = endpoint.experience();
        if (experience == null) {
            // The algorithm was changed this moment; all endpoints are alike then.
            return inFlight + 1.0;
        }
        return experience.latencyNanos(inFlight, nowNanos)
                * (inFlight + 1.0)
                * (1 + ERROR_FACTOR * experience.errorShare(inFlight, nowNanos));
    }
}
