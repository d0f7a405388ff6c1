package io.inmesh.client;

import io.inmesh.client.translate.Naming;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.MeshConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Puts addresses in the place of host names, in the clusters that ask for it. Used on the control thread. */
final class NamedClusters {

    private final NameTable names;
    private final Map<String, Naming> namings = new HashMap<>();

    NamedClusters(NameTable names) {
        this.names = names;
    }

    /**
     * Takes over by which rules the names of a config that came are resolved.
     *
     * @param config clusters with host names
     * @param named rules by name of the cluster; its other clusters have no names
     */
    void define(MeshConfig config, Map<String, Naming> named) {
        config.clusters().forEach(cluster -> namings.remove(cluster.name()));
        namings.putAll(named);
    }

    /** Wants the names in these configs and no others from now on. */
    void watch(MeshConfig... configs) {
        Map<String, Duration> wanted = new HashMap<>();
        Set<String> clusters = new HashSet<>();
        for (MeshConfig config : configs) {
            for (ClusterConfig cluster : config.clusters()) {
                clusters.add(cluster.name());
                Naming naming = namings.get(cluster.name());
                if (naming != null) {
                    naming.namesIn(cluster.endpoints())
                            .forEach(name -> wanted.merge(name, naming.refresh(), NamedClusters::shorter));
                }
            }
        }
        namings.keySet().retainAll(clusters);
        names.watch(wanted);
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** {@return names whose first lookup has not ended} */
    Set<String> unanswered() {
        return names.unanswered();
    }

    /** {@return a config with the addresses there are now} */
    MeshConfig resolve(MeshConfig config) {
        if (namings.isEmpty()) {
            return config;
        }
        List<ClusterConfig> clusters = new ArrayList<>();
        for (ClusterConfig cluster : config.clusters()) {
            Naming naming = namings.get(cluster.name());
            clusters.add(
                    naming == null
                            ? cluster
                            : cluster.withEndpoints(naming.resolve(cluster.endpoints(), names::addresses)));
        }
        return new MeshConfig(config.version(), config.virtualHosts(), clusters, config.inbound(), config.telemetry());
    }
}
