package io.inmesh.server.translate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.UInt32Value;
import io.inmesh.server.gateway.Backend;
import io.inmesh.server.gateway.RouteKind;
import io.inmesh.server.gateway.RouteRule;
import io.inmesh.server.gateway.RouteTable;
import io.inmesh.server.gateway.RouteTable.Entry;
import io.inmesh.server.rule.Field;
import io.inmesh.xds.route.DirectResponseAction;
import io.inmesh.xds.route.NonForwardingAction;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteAction;
import io.inmesh.xds.route.RouteMatch;
import io.inmesh.xds.route.WeightedCluster;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** The routes that HTTPRoutes or GRPCRoutes give a service port, in the order they are tried. What none of them matches is answered 404. */
final class GatewayVirtualHost {
    private static final int HTTP_FAILURE = 500;
    /** What gRPC reads as {@code UNAVAILABLE}, which GRPCRoutes ask for. */
    private static final int GRPC_FAILURE = 503;

    private static final int DEFAULT_ATTEMPTS = 2;

    private final ClientView view;
    private final RouteTable table;
    private final int port;
    private final boolean grpcSafe;

    private GatewayVirtualHost(ClientView view, RouteTable table, int port) {
        this.view = view;
        this.table = table;
        this.port = port;
        this.grpcSafe = view.client().personality() == Personality.GRPC_SAFE;
    }

    static List<Route> routes(ClientView view, RouteTable table, int port) {
        return new GatewayVirtualHost(view, table, port).build();
    }

    private List<Route> build() {
        List<Route> routes = new ArrayList<>();
        for (Entry entry : table.entries()) {
            if (grpcSafe && neverGrpc(entry.match())) {
                continue;
            }
            String prefix = table.kind() == RouteKind.HTTP ? GatewayMatches.prefix(entry.match()) : "";
            boolean split = grpcSafe
                    || entry.rule().filters().stream()
                            .anyMatch(f -> GatewayFilters.removesPrefix(f.get("urlRewrite"), prefix)
                                    || GatewayFilters.removesPrefix(f.get("requestRedirect"), prefix));
            for (RouteMatch match : GatewayMatches.of(entry, split, grpcSafe)) {
                routes.add(route(entry, match, prefix));
            }
        }
        return routes;
    }

    /** gRPC has no query, and posts everything. */
    private boolean neverGrpc(Field match) {
        boolean otherMethod = table.kind() == RouteKind.HTTP
                && match.get("method").present()
                && !match.get("method").text().equals("POST");
        return otherMethod || !match.get("queryParams").items().isEmpty();
    }

    private Route route(Entry entry, RouteMatch match, String prefix) {
        RouteRule rule = entry.rule();
        Route.Builder route = Route.newBuilder()
                .setName(rule.name())
                .setMatch(match)
                .setMetadata(Protos.madeBy(entry.route().resource().key()));
        List<Field> redirects = rule.filters("RequestRedirect");
        if (!rule.unsupported().isEmpty()) {
            refuse(route);
        } else if (!redirects.isEmpty()) {
            if (grpcSafe) {
                refuse(route);
            } else {
                route.setRedirect(GatewayFilters.redirect(redirects.get(0).get("requestRedirect"), prefix, port));
            }
        } else if (rule.drawn().isEmpty()) {
            refuse(route);
        } else {
            forward(route, rule, prefix);
        }
        if (!grpcSafe) {
            for (Field filter : rule.filters("RequestHeaderModifier")) {
                HeaderOperations request = GatewayFilters.headers(filter.get("requestHeaderModifier"));
                route.addAllRequestHeadersToAdd(request.added()).addAllRequestHeadersToRemove(request.removed());
            }
            for (Field filter : rule.filters("ResponseHeaderModifier")) {
                HeaderOperations response = GatewayFilters.headers(filter.get("responseHeaderModifier"));
                route.addAllResponseHeadersToAdd(response.added()).addAllResponseHeadersToRemove(response.removed());
            }
        }
        return route.build();
    }

    private void refuse(Route.Builder route) {
        if (grpcSafe) {
            route.setNonForwardingAction(NonForwardingAction.getDefaultInstance());
        } else {
            route.setDirectResponse(DirectResponseAction.newBuilder().setStatus(failure()));
        }
    }

    private int failure() {
        return table.kind() == RouteKind.GRPC ? GRPC_FAILURE : HTTP_FAILURE;
    }

    private void forward(Route.Builder route, RouteRule rule, String prefix) {
        RouteAction.Builder action = RouteAction.newBuilder();
        Set<RouteAction.HashPolicy> hashes = backends(action, rule.drawn());
        action.addAllHashPolicy(hashes);
        timing(action, rule.field(), !hashes.isEmpty());
        if (!grpcSafe) {
            rule.filters("URLRewrite").forEach(f -> GatewayFilters.rewrite(action, f.get("urlRewrite"), prefix));
            rule.filters("RequestHeaderModifier")
                    .forEach(f -> HeaderOperations.host(GatewayFilters.operations(f.get("requestHeaderModifier")))
                            .ifPresent(action::setHostRewriteLiteral));
            mirrors(action, rule);
        }
        route.setRoute(action);
    }

    private Set<RouteAction.HashPolicy> backends(RouteAction.Builder action, List<Backend> drawn) {
        Set<RouteAction.HashPolicy> hashes = new LinkedHashSet<>();
        WeightedCluster.Builder weighted = WeightedCluster.newBuilder();
        for (Backend backend : drawn) {
            RouteDestinations target = target(backend);
            if (unresolved(target) && table.kind() == RouteKind.HTTP) {
                action.setClusterNotFoundResponseCode(RouteAction.ClusterNotFoundResponseCode.INTERNAL_SERVER_ERROR);
            }
            hashes.addAll(target.hashPolicies());
            WeightedCluster.ClusterWeight.Builder entry = WeightedCluster.ClusterWeight.newBuilder()
                    .setName(target.cluster())
                    .setWeight(UInt32Value.of((int) backend.weight()));
            if (!grpcSafe && drawn.size() > 1) {
                headers(entry, backend.ref().get("filters"));
            }
            weighted.addClusters(entry);
        }
        if (drawn.size() == 1) {
            action.setCluster(weighted.getClusters(0).getName());
        } else {
            action.setWeightedClusters(weighted);
        }
        return hashes;
    }

    private static void headers(WeightedCluster.ClusterWeight.Builder entry, Field filters) {
        for (Field filter : filters.items()) {
            HeaderOperations request = GatewayFilters.headers(filter.get("requestHeaderModifier"));
            HeaderOperations response = GatewayFilters.headers(filter.get("responseHeaderModifier"));
            entry.addAllRequestHeadersToAdd(request.added())
                    .addAllRequestHeadersToRemove(request.removed())
                    .addAllResponseHeadersToAdd(response.added())
                    .addAllResponseHeadersToRemove(response.removed());
            HeaderOperations.host(GatewayFilters.operations(filter.get("requestHeaderModifier")))
                    .ifPresent(entry::setHostRewriteLiteral);
        }
    }

    /** The cluster of a backend. One that this client cannot see is as unresolved as one that does not exist. */
    private RouteDestinations target(Backend backend) {
        Optional<String> why = backend.unresolved().map(Backend.Unresolved::reason);
        if (why.isEmpty() && !view.services().containsKey(backend.host())) {
            why = Optional.of(Backend.Unresolved.NOT_PERMITTED);
        }
        return why.map(reason -> new RouteDestinations(
                        ClusterNames.unresolved(reason, backend.port(), backend.host()), List.of()))
                .orElseGet(() -> RouteDestinations.of(view, backend.host(), backend.port()));
    }

    private static boolean unresolved(RouteDestinations target) {
        return ClusterNames.unresolvedReason(target.cluster()).isPresent();
    }

    private void mirrors(RouteAction.Builder action, RouteRule rule) {
        List<Field> filters = rule.filters("RequestMirror");
        for (int i = 0; i < filters.size(); i++) {
            String cluster = target(rule.mirrors().get(i)).cluster();
            RouteAction.RequestMirrorPolicy policy =
                    GatewayFilters.mirror(filters.get(i).get("requestMirror"), cluster);
            boolean any = policy.getRuntimeFraction().getDefaultValue().getNumerator() > 0;
            if (any && ClusterNames.unresolvedReason(cluster).isEmpty()) {
                action.addRequestMirrorPolicies(policy);
            }
        }
    }

    /**
     * {@code timeouts.request} limits the whole call, {@code timeouts.backendRequest} each try. Without {@code retry} there are the
     * retries every route has; with it, connection failures and the codes it lists are retried.
     */
    private void timing(RouteAction.Builder action, Field rule, boolean hashing) {
        Field timeouts = rule.get("timeouts");
        Field retry = rule.get("retry");
        Field perTry = timeouts.get("backendRequest");
        boolean limitedTries =
                perTry.duration().filter(limit -> !limit.isZero()).isPresent();
        if (retry.absent() && !limitedTries) {
            Routes.timing(action, timeouts.get("request"), Field.ABSENT, grpcSafe, hashing);
            return;
        }
        ObjectNode retries = JsonNodeFactory.instance.objectNode();
        int attempts = retry.get("attempts").integer(DEFAULT_ATTEMPTS);
        String codes =
                retry.get("codes").texts().stream().map(code -> "," + code).collect(Collectors.joining());
        retries.put("attempts", attempts).put("retryOn", Retries.DEFAULT_CONDITIONS + codes);
        if (limitedTries) {
            retries.put("perTryTimeout", perTry.text());
        }
        if (retry.get("backoff").present()) {
            retries.put("backoff", retry.get("backoff").text());
        }
        Field whole = timeouts.get("request");
        // The only try of a call without retries is limited with the call: no retry policy is there to do it.
        boolean onlyTry = attempts == 0 && limitedTries;
        Routes.timing(action, onlyTry ? perTry : whole, Field.of(retries, retry.path()), grpcSafe, hashing);
    }
}
