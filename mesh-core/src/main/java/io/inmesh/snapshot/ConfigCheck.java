package io.inmesh.snapshot;

import io.inmesh.cluster.Cluster;
import io.inmesh.cluster.ClusterCheck;
import io.inmesh.config.ClusterConfig;
import io.inmesh.config.FieldProblems;
import io.inmesh.config.MeshConfig;
import io.inmesh.config.RouteConfig;
import io.inmesh.config.VirtualHostConfig;
import io.inmesh.route.DomainCheck;
import io.inmesh.route.RouteCheck;
import io.inmesh.route.VirtualHost;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds everything that is wrong with a config, before anything is changed. What the config in use has already is not checked again. */
final class ConfigCheck {

    private final @Nullable Snapshot previous;
    private final List<Problem> problems = new ArrayList<>();

    ConfigCheck(@Nullable Snapshot previous) {
        this.previous = previous;
    }

    List<Problem> problems() {
        return problems;
    }

    void check(MeshConfig config) {
        Set<String> clusters = new HashSet<>();
        for (ClusterConfig cluster : config.clusters()) {
            check(cluster, clusters);
        }
        Set<String> hosts = new HashSet<>();
        DomainCheck domains = new DomainCheck();
        for (VirtualHostConfig host : config.virtualHosts()) {
            FieldProblems found = problemsOf("virtual host \"" + host.name() + "\"");
            if (!hosts.add(host.name())) {
                found.report("name", "is used by another virtual host", "give each virtual host its own name");
            }
            domains.check(host, found);
            check(host, found);
        }
    }

    private void check(ClusterConfig cluster, Set<String> names) {
        FieldProblems found = problemsOf(resource(cluster.origin(), "cluster \"" + cluster.name() + "\""));
        if (!names.add(cluster.name())) {
            found.report("name", "is used by another cluster", "give each cluster its own name");
        }
        Cluster known = previous == null ? null : previous.cluster(cluster.name());
        if (known == null || !known.config().equals(cluster)) {
            ClusterCheck.check(cluster, found);
        }
    }

    private void check(VirtualHostConfig host, FieldProblems hostProblems) {
        VirtualHost known = previous == null ? null : previous.virtualHost(host.name());
        if (known != null && known.config().equals(host)) {
            return;
        }
        for (int i = 0; i < host.routes().size(); i++) {
            RouteConfig route = host.routes().get(i);
            FieldProblems found = route.origin().isEmpty()
                    ? hostProblems.within("routes[" + i + "]")
                    : problemsOf(route.origin()).within("route \"" + route.name() + "\"");
            RouteCheck.check(route, found);
        }
    }

    FieldProblems problemsOf(String resource) {
        return (field, message, remedy) -> problems.add(new Problem(resource, field, message, remedy));
    }

    private static String resource(String origin, String fallback) {
        return origin.isEmpty() ? fallback : origin + ", " + fallback;
    }
}
