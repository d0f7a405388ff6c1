package io.inmesh.cluster;

import io.inmesh.balance.BalanceState;
import io.inmesh.health.OutlierDetection;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.retry.RetryBudget;
import io.inmesh.tally.ClusterTraffic;

/**
 * The live state of one cluster, which outlives its configs.
 *
 * @param retryBudget retries of its service, shared with the other clusters of that service
 * @param limits calls in flight and breaker
 * @param outlierDetection who is out of rotation
 * @param load counters of attempts
 * @param traffic counters of calls by route and by who answered
 * @param clientPolicy hedging and throttling
 * @param balance tables of hashes
 * @param demand who needs its endpoints while they are not known
 */
public record ClusterState(
        RetryBudget retryBudget,
        ClusterLimits limits,
        OutlierDetection outlierDetection,
        ClusterLoad load,
        ClusterTraffic traffic,
        ClientPolicy clientPolicy,
        BalanceState balance,
        Demand demand) {}
