package io.inmesh.snapshot;

import io.inmesh.cluster.Cluster;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteAction;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.endpoint.Endpoint;
import io.inmesh.inbound.InboundPolicy;
import io.inmesh.route.Destination;
import io.inmesh.route.Route;
import io.inmesh.route.RouteTable;
import io.inmesh.route.VirtualHost;
import io.inmesh.time.Clock;
import io.inmesh.time.Randomness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes snapshots of configs. Used by one thread at a time. */
public final class SnapshotCompiler {

    private final LiveState live;
    private final Randomness randomness;

    /** Makes a compiler. */
    public SnapshotCompiler(LiveState live, Clock clock, Randomness randomness) {
        this.live = live;
        this.randomness = randomness;
    }

    /** {@return the compiled form of a config, or everything that is wrong with it} */
    public Compiled compile(MeshConfig config, @Nullable Snapshot previous) {
        List<Problem> problems = new ArrayList<>();
        InboundPolicy inbound = InboundPolicy.compile(
                config.inbound(),
                (resource, field, message, remedy) -> problems.add(new Problem(resource, field, message, remedy)));
        Set<String> names = new HashSet<>();
        for (ClusterConfig cluster : config.clusters()) {
            if (!names.add(cluster.name())) {
                problems.add(new Problem(
                        "cluster " + cluster.name(), "name", "is not unique", "give each cluster its own name"));
            }
        }
        if (!problems.isEmpty()) {
            return new Compiled.Invalid(problems);
        }
        Map<String, Cluster> clusters = new HashMap<>();
        for (ClusterConfig cluster : config.clusters()) {
            clusters.put(cluster.name(), cluster(cluster, false));
        }
        List<VirtualHost> hosts = new ArrayList<>();
        try {
            for (VirtualHostConfig host : config.virtualHosts()) {
                List<Route> routes = new ArrayList<>();
                for (RouteConfig route : host.routes()) {
                    routes.add(new Route(route, destinations(route, clusters)));
                }
                hosts.add(new VirtualHost(host, routes));
            }
        } catch (IllegalArgumentException e) {
            return new Compiled.Invalid(
                    List.of(new Problem("virtual hosts", "routes", String.valueOf(e.getMessage()), "correct it")));
        }
        return new Compiled.Ok(
                new Snapshot(config, new RouteTable(hosts), clusters, inbound), removed(clusters, previous));
    }

    private Cluster cluster(ClusterConfig config, boolean missing) {
        LiveState.ClusterState state = live.cluster(config);
        List<Endpoint> endpoints = config.endpoints().stream()
                .map(endpoint -> state.endpoint(config.name(), endpoint))
                .toList();
        state.endpoints.values().retainAll(new HashSet<>(endpoints));
        return new Cluster(
                config, missing, endpoints, randomness, live.budget(config), state.limits, state.outliers, state.load);
    }

    private List<Destination> destinations(RouteConfig route, Map<String, Cluster> clusters) {
        if (!(route.action() instanceof RouteAction.Forward forward)) {
            return List.of();
        }
        List<Destination> destinations = new ArrayList<>();
        for (RouteAction.WeightedCluster weighted : forward.clusters()) {
            Cluster cluster = clusters.get(weighted.cluster());
            destinations.add(new Destination(
                    weighted, cluster == null ? cluster(ClusterConfig.of(weighted.cluster()), true) : cluster));
        }
        return destinations;
    }

    private static List<Endpoint> removed(Map<String, Cluster> clusters, @Nullable Snapshot previous) {
        List<Endpoint> removed = new ArrayList<>();
        if (previous != null) {
            for (Cluster before : previous.clusters()) {
                Cluster now = clusters.get(before.name());
                for (Endpoint endpoint : before.endpoints()) {
                    if (now == null || !now.endpoints().contains(endpoint)) {
                        removed.add(endpoint);
                    }
                }
            }
        }
        return removed;
    }
}
