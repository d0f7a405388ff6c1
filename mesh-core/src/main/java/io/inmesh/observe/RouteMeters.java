package io.inmesh.observe;

import io.inmesh.call.Attempt;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/** Counts the calls of one route. One object for all of them, so a call costs no allocation here. */
final class RouteMeters extends SharedCallObserver {

    // A route splits traffic between a few clusters; over its life configs may name some more.
    private static final int MAX_CLUSTERS = 100;

    private final NamedTable<ClusterMeters> clusters;

    RouteMeters(MeterFactory meters, String virtualHost, String route, boolean durations) {
        int colon = virtualHost.lastIndexOf(':');
        Tags target = Tags.of(
                "server.address", colon < 0 ? virtualHost : virtualHost.substring(0, colon),
                "server.port", colon < 0 ? MeterFactory.NONE : virtualHost.substring(colon + 1),
                "inmesh.route", route);
        clusters = new NamedTable<>(
                MAX_CLUSTERS,
                cluster -> new ClusterMeters(meters, target, cluster, durations),
                meters.overflow("clusters of one route"));
    }

    @Override
    public void attemptStarted(Attempt attempt) {
        if (attempt.hedge()) {
            clusters.get(attempt.cluster()).hedge();
        }
    }

    @Override
    public void attemptEnded(Attempt attempt, Outcome outcome, long durationNanos) {
        clusters.get(attempt.cluster()).attempt(OutcomeCode.of(attempt.call().protocol(), outcome));
    }

    @Override
    public void retrying(Attempt ended, long delayNanos) {
        clusters.get(ended.cluster()).retry();
    }

    @Override
    public void retryRefused(Attempt ended, RetryRefusal why) {
        clusters.get(ended.cluster()).retryRefused(why);
    }

    @Override
    public void callEnded(Call call, @Nullable Attempt last, Outcome outcome, int attempts, long durationNanos) {
        ClusterMeters meters = clusters.get(last == null ? MeterFactory.NONE : last.cluster());
        if (outcome instanceof Outcome.Rejection rejection) {
            meters.rejected(rejection.reason());
        } else if (outcome instanceof Outcome.LocalReply reply) {
            meters.rejected(reply.reason());
        }
        meters.ended(call, OutcomeCode.of(call.protocol(), outcome), durationNanos);
    }
}
