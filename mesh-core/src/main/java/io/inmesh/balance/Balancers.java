package io.inmesh.balance;

import io.inmesh.config.BalancingConfig;
import io.inmesh.config.LoadBalancer;
import io.inmesh.time.Randomness;
import java.util.List;

/**
 * Makes balancers for the groups of one cluster.
 *
 * @param kind how to choose
 * @param config settings of that
 * @param state what outlives configs
 * @param randomness what draws
 */
record Balancers(LoadBalancer kind, BalancingConfig config, BalanceState state, Randomness randomness) {

    /**
     * {@return a balancer for one group of endpoints}
     *
     * @param place tells the group apart from others of the cluster
     * @param members all endpoints of the group
     */
    Balancer of(String place, List<Member> members) {
        return switch (kind) {
            case ROUND_ROBIN -> new RoundRobin(randomness);
            case LEAST_REQUEST -> new LeastRequest(randomness);
            case RANDOM -> new WeightedRandom(randomness);
            case PEAK_EWMA -> new PeakEwma(state.clock(), randomness);
            case PROBING ->
                new Probing(config.probing(), new PeakEwma(state.clock(), randomness), state.clock(), randomness);
            case RING_HASH, MAGLEV ->
                new ConsistentHash(
                        members,
                        () -> state.table(kind, config, place, members),
                        new LoadBound(config.loadBoundPercent(), state::inFlight),
                        randomness);
        };
    }
}
