package io.inmesh.snapshot;

import io.inmesh.cluster.Cluster;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.inbound.InboundPolicy;
import io.inmesh.route.RouteTable;
import io.inmesh.route.VirtualHost;
import io.inmesh.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts the parts of one snapshot together, taking over from the previous one what leads to the same. */
final class SnapshotParts {

    private final @Nullable Snapshot previous;
    private final Clock clock;
    private final Map<String, Cluster> clusters = new LinkedHashMap<>();
    private final Map<String, Cluster> missing = new HashMap<>();

    SnapshotParts(@Nullable Snapshot previous, Clock clock) {
        this.previous = previous;
        this.clock = clock;
    }

    void add(Cluster cluster) {
        clusters.put(cluster.name(), cluster);
    }

    /** {@return the snapshot of the clusters added so far} */
    Snapshot assemble(MeshConfig config, InboundPolicy inbound) {
        Map<String, VirtualHost> hosts = new LinkedHashMap<>();
        for (VirtualHostConfig host : config.virtualHosts()) {
            hosts.put(host.name(), virtualHost(host));
        }
        return new Snapshot(
                config,
                routes(hosts),
                Collections.unmodifiableMap(hosts),
                Collections.unmodifiableMap(clusters),
                missing,
                inbound);
    }

    private VirtualHost virtualHost(VirtualHostConfig config) {
        VirtualHost known = previous == null ? null : previous.virtualHost(config.name());
        return known != null && known.config().equals(config)
                ? known.rebind(this::cluster)
                : VirtualHost.compile(config, this::cluster);
    }

    private RouteTable routes(Map<String, VirtualHost> hosts) {
        if (previous != null && sameObjects(previous.virtualHosts(), hosts.values())) {
            return previous.routes();
        }
        return new RouteTable(List.copyOf(hosts.values()));
    }

    private static boolean sameObjects(Iterable<VirtualHost> before, Iterable<VirtualHost> after) {
        List<VirtualHost> left = new ArrayList<>();
        before.forEach(left::add);
        int index = 0;
        for (VirtualHost host : after) {
            if (index == left.size() || left.get(index) != host) {
                return false;
            }
            index++;
        }
        return index == left.size();
    }

    private Cluster cluster(String name) {
        Cluster cluster = clusters.get(name);
        return cluster != null ? cluster : missing.computeIfAbsent(name, this::missing);
    }

    private Cluster missing(String name) {
        Cluster known = previous == null ? null : previous.missing(name);
        return known != null ? known : Cluster.missing(name, clock);
    }
}
