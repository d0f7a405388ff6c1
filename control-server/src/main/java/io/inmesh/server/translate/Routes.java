package io.inmesh.server.translate;

import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.VirtualServiceRule;
import io.inmesh.xds.core.RuntimeFractionalPercent;
import io.inmesh.xds.route.NonForwardingAction;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteAction;
import io.inmesh.xds.route.RouteMatch;
import io.inmesh.xds.route.WeightedCluster;
import io.inmesh.xds.type.FractionalPercent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The routes of one virtual host, in the order they are tried. */
final class Routes {
    private final ClientView view;
    private final VirtualServiceRule rule;
    private final int port;
    private final boolean grpcSafe;

    private Routes(ClientView view, VirtualServiceRule rule, int port) {
        this.view = view;
        this.rule = rule;
        this.port = port;
        this.grpcSafe = view.client().personality() == Personality.GRPC_SAFE;
    }

    /** The routes {@code rule} gives this client on a service port; empty if nothing in the rule concerns it. */
    static List<Route> of(ClientView view, VirtualServiceRule rule, int port) {
        return new Routes(view, rule, port).build();
    }

    /** The route of a service without VirtualService: everything to all of its endpoints, with Istio's default retries. */
    static Route byDefault(ClientView view, String cluster, Balancing balancing) {
        boolean grpcSafe = view.client().personality() == Personality.GRPC_SAFE;
        RouteAction.Builder action = RouteAction.newBuilder().setCluster(cluster);
        List<RouteAction.HashPolicy> hashes = LoadBalancers.hashPolicies(balancing);
        action.addAllHashPolicy(hashes);
        timing(action, Field.ABSENT, Field.ABSENT, grpcSafe, !hashes.isEmpty());
        return Route.newBuilder()
                .setName("default")
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRoute(action)
                .build();
    }

    private List<Route> build() {
        List<Route> routes = new ArrayList<>();
        for (Field http : rule.http()) {
            List<Field> matches = http.get("match").items();
            if (matches.isEmpty()) {
                routes.add(route(http, Field.of(http.get("match").node(), http.path())));
                return routes;
            }
            for (Field match : matches) {
                if (!RouteMatches.concerns(match, view.client(), port)
                        || (grpcSafe && !match.get("queryParams").members().isEmpty())) {
                    continue;
                }
                routes.add(route(http, match));
                if (RouteMatches.catchAll(match)) {
                    return routes;
                }
            }
        }
        return routes;
    }

    private Route route(Field http, Field match) {
        Route.Builder route = Route.newBuilder()
                .setName(name(http.get("name").text(), match.get("name").text()))
                .setMatch(RouteMatches.of(match))
                .setMetadata(Protos.madeBy(rule.resource().key()));
        if (http.get("redirect").present() || http.get("directResponse").present()) {
            answer(route, http);
        } else {
            forward(route, http);
        }
        Faults.of(http.get("fault"))
                .ifPresent(fault -> route.putTypedPerFilterConfig(Faults.FILTER, Protos.pack(fault)));
        Field headers = http.get("headers");
        HeaderOperations request = HeaderOperations.of(headers.get("request"));
        HeaderOperations response = HeaderOperations.of(headers.get("response"));
        if (!grpcSafe) {
            route.addAllRequestHeadersToAdd(request.added())
                    .addAllRequestHeadersToRemove(request.removed())
                    .addAllResponseHeadersToAdd(response.added())
                    .addAllResponseHeadersToRemove(response.removed());
        }
        return route.build();
    }

    /** A route that calls nobody. Stock gRPC cannot answer by itself, so there the call fails instead of slipping through. */
    private void answer(Route.Builder route, Field http) {
        if (grpcSafe) {
            route.setNonForwardingAction(NonForwardingAction.getDefaultInstance());
        } else if (http.get("redirect").present()) {
            route.setRedirect(RouteActions.redirect(http.get("redirect"), port));
        } else {
            route.setDirectResponse(RouteActions.directResponse(http.get("directResponse")));
        }
    }

    private void forward(Route.Builder route, Field http) {
        RouteAction.Builder action = RouteAction.newBuilder();
        if (!grpcSafe) {
            RouteActions.rewrite(action, http.get("rewrite"));
        }
        Set<RouteAction.HashPolicy> hashes = destinations(route, action, http);
        action.addAllHashPolicy(hashes);
        timing(action, http.get("timeout"), http.get("retries"), grpcSafe, !hashes.isEmpty());
        if (!grpcSafe) {
            HeaderOperations.host(http.get("headers").get("request")).ifPresent(action::setHostRewriteLiteral);
            mirrors(action, http);
        }
        route.setRoute(action);
    }

    private Set<RouteAction.HashPolicy> destinations(Route.Builder route, RouteAction.Builder action, Field http) {
        List<Field> destinations = new ArrayList<>(http.get("route").items());
        if (destinations.size() > 1) {
            destinations.removeIf(d -> d.get("weight").integer(0) == 0);
        }
        Set<RouteAction.HashPolicy> hashes = new LinkedHashSet<>();
        WeightedCluster.Builder weighted = WeightedCluster.newBuilder();
        for (Field destination : destinations) {
            RouteDestinations target = resolve(destination.get("destination"));
            hashes.addAll(target.hashPolicies());
            HeaderOperations request =
                    HeaderOperations.of(destination.get("headers").get("request"));
            HeaderOperations response =
                    HeaderOperations.of(destination.get("headers").get("response"));
            Optional<String> host =
                    HeaderOperations.host(destination.get("headers").get("request"));
            if (destinations.size() == 1) {
                action.setCluster(target.cluster());
                host.filter(h -> !grpcSafe).ifPresent(action::setHostRewriteLiteral);
                if (!grpcSafe) {
                    route.addAllRequestHeadersToAdd(request.added())
                            .addAllRequestHeadersToRemove(request.removed())
                            .addAllResponseHeadersToAdd(response.added())
                            .addAllResponseHeadersToRemove(response.removed());
                }
                continue;
            }
            WeightedCluster.ClusterWeight.Builder entry = WeightedCluster.ClusterWeight.newBuilder()
                    .setName(target.cluster())
                    .setWeight(UInt32Value.of(destination.get("weight").integer(0)));
            if (!grpcSafe) {
                entry.addAllRequestHeadersToAdd(request.added())
                        .addAllRequestHeadersToRemove(request.removed())
                        .addAllResponseHeadersToAdd(response.added())
                        .addAllResponseHeadersToRemove(response.removed());
                // What a destination says would win on the wire, and the route's own headers come first.
                if (HeaderOperations.host(http.get("headers").get("request")).isEmpty()) {
                    host.ifPresent(entry::setHostRewriteLiteral);
                }
            }
            weighted.addClusters(entry);
        }
        if (weighted.getClustersCount() > 0) {
            action.setWeightedClusters(weighted);
        }
        return hashes;
    }

    private void mirrors(RouteAction.Builder action, Field http) {
        List<Field> mirrors = new ArrayList<>();
        if (http.get("mirror").present()) {
            double percent = http.get("mirrorPercent").integer(100);
            addMirror(action, http.get("mirror"), Protos.percent(http.get("mirrorPercentage"), percent));
        }
        mirrors.addAll(http.get("mirrors").items());
        for (Field mirror : mirrors) {
            addMirror(action, mirror.get("destination"), Protos.percent(mirror.get("percentage"), 100));
        }
    }

    private void addMirror(RouteAction.Builder action, Field destination, FractionalPercent share) {
        if (share.getNumerator() > 0) {
            action.addRequestMirrorPolicies(RouteAction.RequestMirrorPolicy.newBuilder()
                    .setCluster(resolve(destination).cluster())
                    .setRuntimeFraction(RuntimeFractionalPercent.newBuilder().setDefaultValue(share))
                    .setTraceSampled(Protos.bool(false))
                    .setDisableShadowHostSuffixAppend(true));
        }
    }

    private RouteDestinations resolve(Field destination) {
        return RouteDestinations.resolve(view, rule.resource().key().namespace(), destination, port);
    }

    /** Sets the limits in time of a whole call and when it is tried again, in the form this kind of client reads. */
    static void timing(RouteAction.Builder action, Field timeout, Field retries, boolean grpcSafe, boolean hashing) {
        java.time.Duration limit = timeout.duration().orElse(java.time.Duration.ZERO);
        if (grpcSafe) {
            if (!limit.isZero()) {
                action.getMaxStreamDurationBuilder().setMaxStreamDuration(Protos.duration(limit));
            }
            Retries.grpcSafe(retries).ifPresent(action::setRetryPolicy);
            return;
        }
        // Always sent: an absent timeout would mean fifteen seconds, zero means none.
        action.setTimeout(limit.isZero() ? Duration.getDefaultInstance() : Protos.duration(limit));
        Retries.of(retries, hashing).ifPresent(action::setRetryPolicy);
    }

    private static String name(String route, String match) {
        return route.isEmpty() || match.isEmpty() ? route + match : route + "." + match;
    }
}
