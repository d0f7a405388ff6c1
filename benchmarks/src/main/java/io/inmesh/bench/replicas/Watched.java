package io.inmesh.bench.replicas;

import io.inmesh.config.ClusterConfig;
import io.inmesh.config.EndpointConfig;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.identity.IdentityHolder;
import io.inmesh.live.LiveRequests;
import io.inmesh.observe.MeshObserver;
import io.inmesh.spi.ApplyResult;
import io.inmesh.spi.LoadReport;
import io.inmesh.spi.MeshLink;
import io.inmesh.spi.MeshStatus;
import io.inmesh.time.Clock;
import io.inmesh.time.Scheduler;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** A mesh that tells what its control plane puts in use: which change, and which endpoints. */
final class Watched implements MeshLink {

    /** Told what is in use. */
    interface Watcher {
        /** A config is in use that names a change. */
        void sees(long change);

        /**
         * An endpoint that was in use is not any more, or is not healthy any more.
         *
         * @param endpoint with its cluster
         */
        void misses(String endpoint);
    }

    private final MeshLink mesh;
    private final Watcher watcher;
    private Map<String, Set<String>> endpoints = Map.of();

    Watched(MeshLink mesh, Watcher watcher) {
        this.mesh = mesh;
        this.watcher = watcher;
    }

    @Override
    public synchronized ApplyResult apply(MeshConfig config) {
        ApplyResult result = mesh.apply(config);
        if (result.applied()) {
            long change = change(config);
            if (change > 0) {
                watcher.sees(change);
            }
            compare(config);
        }
        return result;
    }

    private static long change(MeshConfig config) {
        for (VirtualHostConfig host : config.virtualHosts()) {
            for (RouteConfig route : host.routes()) {
                if (route.name().startsWith(Change.PREFIX)) {
                    return Long.parseLong(route.name().substring(Change.PREFIX.length()));
                }
            }
        }
        return 0;
    }

    private void compare(MeshConfig config) {
        Map<String, Set<String>> now = new HashMap<>();
        for (ClusterConfig cluster : config.clusters()) {
            Set<String> healthy = new HashSet<>();
            for (EndpointConfig endpoint : cluster.endpoints()) {
                if (endpoint.health() == EndpointConfig.Health.HEALTHY) {
                    healthy.add(endpoint.host() + ":" + endpoint.port());
                }
            }
            now.put(cluster.name(), healthy);
        }
        endpoints.forEach((cluster, before) -> {
            Set<String> left = now.getOrDefault(cluster, Set.of());
            for (String endpoint : before) {
                if (!left.contains(endpoint)) {
                    watcher.misses(endpoint + " of " + cluster);
                }
            }
        });
        endpoints = now;
    }

    /** {@return how many endpoints are in use, over all clusters} */
    synchronized int count() {
        return endpoints.values().stream().mapToInt(Set::size).sum();
    }

    @Override
    public IdentityHolder identity() {
        return mesh.identity();
    }

    @Override
    public LoadReport takeLoadReport() {
        return mesh.takeLoadReport();
    }

    @Override
    public LiveRequests live() {
        return mesh.live();
    }

    @Override
    public MeshStatus status() {
        return mesh.status();
    }

    @Override
    public MeshObserver observer() {
        return mesh.observer();
    }

    @Override
    public Clock clock() {
        return mesh.clock();
    }

    @Override
    public Scheduler scheduler() {
        return mesh.scheduler();
    }
}
