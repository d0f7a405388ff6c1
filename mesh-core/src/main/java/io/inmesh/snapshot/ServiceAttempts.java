package io.inmesh.snapshot;

import io.inmesh.cluster.ClusterLoad;
import io.inmesh.retry.RetryBudget;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the clusters of one service have sent together. Where one leaves, the
 * sum shrinks, and the budget has that much less until the interval is over. */
final class ServiceAttempts implements RetryBudget.Attempts {

    private final CopyOnWriteArrayList<ClusterLoad> clusters = new CopyOnWriteArrayList<>();

    void join(ClusterLoad load) {
        clusters.addIfAbsent(load);
    }

    void leave(ClusterLoad load) {
        clusters.remove(load);
    }

    @Override
    public long started() {
        long sum = 0;
        for (ClusterLoad load : clusters) {
            sum += load.started();
        }
        return sum;
    }

    @Override
    public long inFlight() {
        long sum = 0;
        for (ClusterLoad load : clusters) {
            sum += load.inFlight();
        }
        return sum;
    }
}
