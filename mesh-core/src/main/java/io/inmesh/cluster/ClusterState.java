package io.inmesh.cluster;

import io.inmesh.balance.BalanceState;
import io.inmesh.health.OutlierDetection;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.retry.RetryBudget;

/**
 * The live state of one cluster, which outlives its configs.
 *
 * @param retryBudget retries of its service, shared with the other clusters of that service
 * @param limits calls in flight and breaker
 * @param outlierDetection who is out of rotation
 * @param load counters of attempts
 * @param clientPolicy hedging and throttling
 * @param balance tables of hashes
 */
public record ClusterState(
        RetryBudget retryBudget,
        ClusterLimits limits,
        OutlierDetection outlierDetection,
        ClusterLoad load,
        ClientPolicy clientPolicy,
        BalanceState balance) {}
