package io.inmesh.route;

import io.inmesh.call.Call;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteAction.Forward;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The routes of one destination name. Immutable. */
public final class VirtualHost {

    private final VirtualHostConfig config;
    private final RouteIndex index;
    private final Route[] routes;

    private VirtualHost(VirtualHostConfig config, RouteIndex index, List<Route> routes) {
        this.config = config;
        this.index = index;
        this.routes = routes.toArray(new Route[0]);
    }

    /**
     * {@return the compiled form of a virtual host}
     *
     * @param config what to compile
     * @param clusters finds a cluster by name, or one that stands for a missing one
     * @throws IllegalArgumentException if a regular expression or a substitution is not valid
     */
    public static VirtualHost compile(VirtualHostConfig config, Function<String, Cluster> clusters) {
        List<RouteRule> rules = new ArrayList<>();
        for (RouteConfig route : config.routes()) {
            rules.add(new RouteRule(route));
        }
        return new VirtualHost(config, new RouteIndex(rules), bind(rules, clusters));
    }

    /** {@return this virtual host if its clusters are still the same objects, else one with the same rules that leads to the new ones} */
    public VirtualHost rebind(Function<String, Cluster> clusters) {
        if (leadsTo(clusters)) {
            return this;
        }
        List<RouteRule> rules = new ArrayList<>();
        for (Route route : routes) {
            rules.add(route.rule());
        }
        return new VirtualHost(config, index, bind(rules, clusters));
    }

    private boolean leadsTo(Function<String, Cluster> clusters) {
        for (Route route : routes) {
            for (Destination destination : route.destinations()) {
                if (clusters.apply(destination.cluster().name()) != destination.cluster()) {
                    return false;
                }
            }
            for (MirrorTarget mirror : route.mirrors()) {
                if (clusters.apply(mirror.cluster().name()) != mirror.cluster()) {
                    return false;
                }
            }
        }
        return true;
    }

    private static List<Route> bind(List<RouteRule> rules, Function<String, Cluster> clusters) {
        List<Route> routes = new ArrayList<>(rules.size());
        for (RouteRule rule : rules) {
            List<Destination> destinations = new ArrayList<>();
            List<MirrorTarget> mirrors = new ArrayList<>();
            if (rule.config().action() instanceof Forward forward) {
                for (RouteAction.WeightedCluster weighted : forward.clusters()) {
                    // Istio leaves a destination of weight zero out of the draw, but a single one needs no weight.
                    if (weighted.weight() > 0 || forward.clusters().size() == 1) {
                        destinations.add(new Destination(weighted, clusters.apply(weighted.cluster())));
                    }
                }
                for (RouteAction.Mirror mirror : forward.mirrors()) {
                    mirrors.add(new MirrorTarget(clusters.apply(mirror.cluster()), mirror.millionths()));
                }
            }
            routes.add(new Route(rule, destinations, mirrors));
        }
        return routes;
    }

    /** {@return its name} */
    public String name() {
        return config.name();
    }

    /** {@return what it was compiled from} */
    public VirtualHostConfig config() {
        return config;
    }

    /** {@return destination port it applies to, 0 for every port} */
    public int port() {
        return config.port();
    }

    /** {@return the first route that matches a call, null if none does} */
    public @Nullable Route match(Call call) {
        int matched = index.match(routes, call);
        return matched < 0 ? null : routes[matched];
    }

    /** {@return its routes in order} */
    public List<Route> routes() {
        return List.of(routes);
    }
}
