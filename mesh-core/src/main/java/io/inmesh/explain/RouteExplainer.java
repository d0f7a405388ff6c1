package io.inmesh.explain;

import io.inmesh.balance.Candidate;
import io.inmesh.balance.LocalityPart;
import io.inmesh.call.Call;
import io.inmesh.call.Outcome.LocalReply;
import io.inmesh.call.Outcome.Reason;
import io.inmesh.cluster.Cluster;
import io.inmesh.cluster.PickReport;
import io.inmesh.config.FaultConfig;
import io.inmesh.config.RetryConfig;
import io.inmesh.explain.Explanation.DestinationView;
import io.inmesh.explain.Explanation.EndpointView;
import io.inmesh.explain.Explanation.LocalityView;
import io.inmesh.explain.Explanation.RouteView;
import io.inmesh.fault.Fault;
import io.inmesh.limit.BreakerState;
import io.inmesh.limit.ClusterLimits;
import io.inmesh.limit.ConnectionLimit;
import io.inmesh.route.Destination;
import io.inmesh.route.MirrorTarget;
import io.inmesh.route.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says what the matched route does with a call. */
final class RouteExplainer {

    private final Route route;
    private final Call call;

    RouteExplainer(Route route, Call call) {
        this.route = route;
        this.call = call;
    }

    String verdict() {
        LocalReply reply = route.localReply(call);
        if (reply != null) {
            return "answered by route " + route.name() + ": " + action(reply);
        }
        List<Destination> destinations = route.destinations();
        if (destinations.size() > 1) {
            return "sent to one of " + destinations.size() + " clusters, drawn by weight";
        }
        Cluster cluster = destinations.get(0).cluster();
        if (cluster.missing()) {
            return "refused: cluster " + cluster.name() + " does not exist";
        }
        if (cluster.demand() != null) {
            return "sent to cluster " + cluster.name() + ", whose endpoints the first call asks for";
        }
        PickReport report = cluster.explainPick(null);
        return report.eligible().isEmpty()
                ? "refused: no endpoint for cluster \"" + cluster.name() + "\": " + report
                : "sent to cluster " + cluster.name() + ", to one of "
                        + report.eligible().size() + " endpoints";
    }

    RouteView view() {
        LocalReply reply = route.localReply(call);
        return new RouteView(
                route.name(),
                route.config().origin(),
                reply == null ? "forward" : action(reply),
                route.config().timeout() == null
                        ? "none"
                        : route.config().timeout().toString(),
                retry(route.retry().config()),
                faults(),
                route.rewritePath(call),
                route.rewriteAuthority(),
                destinations(),
                route.mirrors().stream().map(RouteExplainer::mirror).toList());
    }

    private static String mirror(MirrorTarget mirror) {
        return "cluster " + mirror.cluster().name() + ", " + mirror.millionths() / 10_000.0 + " % of the calls"
                + (mirror.cluster().missing() ? ": does not exist" : "");
    }

    private static String action(LocalReply reply) {
        return reply.reason() == Reason.REDIRECT
                ? "redirect " + reply.httpStatus() + " to " + reply.location()
                : "direct response " + reply.httpStatus();
    }

    private static String retry(RetryConfig retry) {
        if (retry.retries() == 0) {
            return "none";
        }
        String conditions = retry.on().stream()
                .map(condition -> condition.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .sorted()
                .collect(Collectors.joining(", "));
        String codes = retry.statusCodes().isEmpty()
                ? ""
                : " " + retry.statusCodes().stream().sorted().toList();
        String perTry = retry.perTryTimeout() == null ? "" : ", each try at most " + retry.perTryTimeout();
        return "up to " + retry.retries() + " on " + conditions + codes + perTry;
    }

    private String faults() {
        Fault fault = route.fault();
        if (fault == null) {
            return "none";
        }
        List<String> words = new ArrayList<>();
        FaultConfig.Delay delay = fault.config().delay();
        if (delay != null) {
            words.add("delay of " + delay.duration() + " for " + delay.millionths() / 10_000.0 + " %");
        }
        FaultConfig.Abort abort = fault.config().abort();
        if (abort != null) {
            String status = abort.httpStatus() >= 0 ? "HTTP " + abort.httpStatus() : "gRPC " + abort.grpcStatus();
            words.add("abort with " + status + " for " + abort.millionths() / 10_000.0 + " %");
        }
        return words.isEmpty() ? "none" : String.join(", ", words);
    }

    private List<DestinationView> destinations() {
        List<Destination> destinations = route.destinations();
        long sum = destinations.stream().mapToLong(Destination::weight).sum();
        return destinations.stream()
                .map(destination -> view(
                        destination,
                        key(destination.cluster()),
                        destinations.size() == 1 ? 100 : destination.weight() * 100.0 / sum))
                .toList();
    }

    private @Nullable String key(Cluster cluster) {
        return cluster.hashes() ? KeyExplainer.explain(cluster, route.key(call, bound -> 0)) : null;
    }

    private DestinationView view(Destination destination, @Nullable String key, double percent) {
        Cluster cluster = destination.cluster();
        String rewritten = destination.authority() == null ? route.rewriteAuthority() : destination.authority();
        String authority = rewritten == null ? call.host() : rewritten;
        PickReport report = cluster.explainPick(null);
        return new DestinationView(
                cluster.name(),
                cluster.config().origin(),
                destination.weight(),
                percent,
                cluster.missing(),
                cluster.config().loadBalancer().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                key,
                report.toString(),
                limits(cluster.limits()),
                cluster.retryBudget().available(),
                cluster.clientPolicy().words(),
                report.localities().stream().map(RouteExplainer::locality).toList(),
                report.candidates().stream()
                        .limit(Explainer.MOST_ENDPOINTS)
                        .map(candidate -> endpoint(cluster, candidate, authority))
                        .toList());
    }

    private static LocalityView locality(LocalityPart share) {
        return new LocalityView(
                share.priority(),
                share.locality(),
                share.known(),
                share.usable(),
                share.percent(),
                share.reason().words());
    }

    private static String limits(ClusterLimits limits) {
        BreakerState state = limits.breakerState();
        String breaker =
                state == null ? "no breaker" : "breaker " + state.name().toLowerCase(Locale.ROOT);
        String requests = limits.limitsRequests()
                ? limits.requestsInFlight() + " of at most " + limits.config().maxRequests() + " requests in flight"
                : "requests in flight are not limited";
        ConnectionLimit connections = limits.connections();
        return connections.limited()
                ? breaker + ", " + requests + ", " + connections.inUse() + " of at most "
                        + limits.config().maxConnections() + " connections of HTTP calls in use, "
                        + connections.waiting() + " of at most "
                        + limits.config().maxPendingRequests()
                        + " attempts waiting for one; gRPC calls share connections, which are not limited"
                : breaker + ", " + requests;
    }

    private static EndpointView endpoint(Cluster cluster, Candidate candidate, String authority) {
        return new EndpointView(
                candidate.endpoint().toString(),
                candidate.endpoint().config().workload(),
                candidate.endpoint().config().locality(),
                candidate.standing().mayBePicked(),
                candidate.words(),
                candidate.weight(),
                candidate.priority(),
                candidate.inFlight(),
                SecurityText.of(cluster.security(candidate.endpoint(), authority)));
    }
}
