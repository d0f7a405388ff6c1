package io.inmesh.dispatch;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.inmesh.balance.Tried;
import io.inmesh.call.Criticality;
import io.inmesh.call.Outcome;
import io.inmesh.call.Outcome.LocalReply;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.call.Outcome.Rejection;
import io.inmesh.call.StatusCodes;
import io.inmesh.cluster.Cluster;
import io.inmesh.cluster.Demand;
import io.inmesh.config.CircuitBreakerConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.limit.ConnectionLimit;
import io.inmesh.limit.Throttle;
import io.inmesh.route.Destination;
import io.inmesh.route.Route;
import io.inmesh.time.Deadlines;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the mesh says when it refuses: what was looked for, what was there, by which config, and what would help. */
final class Rejections {

    private Rejections() {}

    static Outcome closed() {
        return unavailable(Reason.CLOSED, "the mesh is closed; make calls before Mesh.close()");
    }

    static Outcome noRoute(OutboundCall call) {
        return new LocalReply(
                Reason.NO_ROUTE,
                404,
                StatusCodes.GRPC_UNIMPLEMENTED,
                "no route of virtual host \"" + call.virtualHost().name() + "\" matches "
                        + call.call().method() + " " + call.call().path() + config(call),
                null);
    }

    static Outcome noCluster(OutboundCall call, @Nullable Destination drawn) {
        Route route = call.route();
        String name = route == null ? "" : route.name();
        String cluster =
                drawn == null ? "a cluster" : "cluster \"" + drawn.cluster().name() + "\"";
        String message = "route \"" + name + "\" of virtual host \""
                + call.virtualHost().name() + "\" leads to " + cluster
                + ", which does not exist; check host, port and subset of its destination" + config(call);
        if (route != null
                && route.config().action() instanceof RouteAction.Forward forward
                && forward.missingStatus() != RouteAction.Forward.UNAVAILABLE) {
            int status = forward.missingStatus();
            return new LocalReply(Reason.NO_CLUSTER, status, StatusCodes.grpcOf(status), message, null);
        }
        return unavailable(Reason.NO_CLUSTER, message);
    }

    static Outcome noEndpoint(OutboundCall call, Cluster cluster, @Nullable Tried tried) {
        if (cluster.demand() != null) {
            return unavailable(
                    Reason.NO_ENDPOINT,
                    "endpoints of cluster \"" + cluster.name()
                            + "\" were asked for when they were needed, and did not come within "
                            + TimeUnit.NANOSECONDS.toSeconds(Demand.LONGEST_NANOS)
                            + " s; look whether this process is connected to a control server" + config(call));
        }
        return unavailable(
                Reason.NO_ENDPOINT,
                "no endpoint for cluster \"" + cluster.name() + "\": " + cluster.explainPick(tried) + config(call));
    }

    static Outcome deadline(OutboundCall call) {
        long overdue = -(call.deadlineNanos() - call.startedNanos());
        String when = call.deadlineNanos() != Deadlines.NEVER && overdue >= 0
                ? "before the call began"
                : "after " + TimeUnit.NANOSECONDS.toMillis(call.elapsedNanos()) + " ms";
        return new Rejection(
                Reason.DEADLINE,
                504,
                StatusCodes.GRPC_DEADLINE_EXCEEDED,
                "deadline passed " + when + " with " + call.attempts() + " attempts sent" + waitedFor(call)
                        + config(call));
    }

    private static String waitedFor(OutboundCall call) {
        OutboundAttempt last = call.lastAttempt();
        return last != null && last.awaited() != null
                ? ", while the next waited for one of the "
                        + last.target().limits().config().maxConnections()
                        + " connections (maxConnections) of cluster \"" + last.cluster() + "\""
                : "";
    }

    static Outcome circuitOpen(OutboundAttempt attempt, CircuitBreaker breaker) {
        return unavailable(
                Reason.CIRCUIT_OPEN,
                "breaker of cluster \"" + attempt.cluster() + "\" is " + breaker.getState() + ": "
                        + breaker.getMetrics().getFailureRate() + " percent of the last "
                        + breaker.getMetrics().getNumberOfBufferedCalls() + " calls failed, "
                        + breaker.getMetrics().getSlowCallRate() + " percent were slow"
                        + config(attempt.dispatch()));
    }

    static Outcome throttled(OutboundAttempt attempt, Throttle throttle, Criticality criticality) {
        return unavailable(
                Reason.THROTTLED,
                "servers of cluster \"" + attempt.cluster() + "\" accepted " + throttle.accepted() + " of the last "
                        + throttle.asked() + " calls, so "
                        + Math.round(throttle.refusedShare(criticality) * 100) + " percent of the " + criticality.text()
                        + " calls are not sent" + config(attempt.dispatch()));
    }

    static Outcome overflow(OutboundAttempt attempt) {
        return unavailable(
                Reason.OVERFLOW,
                "cluster \"" + attempt.cluster() + "\" has "
                        + attempt.target().limits().requestsInFlight() + " requests in flight and allows "
                        + attempt.target().limits().config().maxRequests() + config(attempt.dispatch()));
    }

    static Outcome noConnectionFree(OutboundAttempt attempt) {
        ConnectionLimit connections = attempt.target().limits().connections();
        CircuitBreakerConfig allowed = attempt.target().limits().config();
        return unavailable(
                Reason.OVERFLOW,
                "cluster \"" + attempt.cluster() + "\" has " + connections.inUse() + " connections in use and allows "
                        + allowed.maxConnections() + " (maxConnections); " + connections.waiting()
                        + " attempts wait for one, and " + allowed.maxPendingRequests() + " may (maxPendingRequests)"
                        + config(attempt.dispatch()));
    }

    static Outcome noConnectionInTime(OutboundAttempt attempt) {
        return new Rejection(
                Reason.DEADLINE,
                504,
                StatusCodes.GRPC_DEADLINE_EXCEEDED,
                "none of the " + attempt.target().limits().config().maxConnections()
                        + " connections (maxConnections) of cluster \"" + attempt.cluster()
                        + "\" became free in the time of attempt " + attempt.number() + config(attempt.dispatch()));
    }

    static Outcome noOwnIdentity(OutboundAttempt attempt, String obstacle) {
        return unavailable(
                Reason.NO_OWN_IDENTITY,
                "endpoint " + attempt.endpoint() + " of cluster \"" + attempt.cluster() + "\" " + obstacle
                        + config(attempt.dispatch()));
    }

    static Outcome internal(Throwable e) {
        return new Rejection(Reason.INTERNAL, 500, StatusCodes.GRPC_INTERNAL, "the mesh failed to decide: " + e);
    }

    private static Rejection unavailable(Reason reason, String message) {
        return new Rejection(reason, 503, StatusCodes.GRPC_UNAVAILABLE, message);
    }

    private static String config(OutboundCall call) {
        return " (config " + call.version() + ")";
    }
}
