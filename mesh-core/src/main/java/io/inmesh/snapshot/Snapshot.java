package io.inmesh.snapshot;

import io.inmesh.call.Call;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.MeshConfig;
import io.inmesh.explain.Explainer;
import io.inmesh.explain.Explains;
import io.inmesh.explain.Explanation;
import io.inmesh.inbound.InboundPolicy;
import io.inmesh.route.RouteTable;
import io.inmesh.route.VirtualHost;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One compiled configuration. Immutable but for the live state its clusters point to; a call reads one and keeps to it. */
public final class Snapshot implements Explains {

    private final MeshConfig config;
    private final RouteTable routes;
    private final Map<String, VirtualHost> virtualHosts;
    private final Map<String, Cluster> clusters;
    private final Map<String, Cluster> missing;
    private final InboundPolicy inbound;

    Snapshot(
            MeshConfig config,
            RouteTable routes,
            Map<String, VirtualHost> virtualHosts,
            Map<String, Cluster> clusters,
            Map<String, Cluster> missing,
            InboundPolicy inbound) {
        this.config = config;
        this.routes = routes;
        this.virtualHosts = virtualHosts;
        this.clusters = clusters;
        this.missing = missing;
        this.inbound = inbound;
    }

    @Override
    public String version() {
        return config.version();
    }

    /** {@return routes by host} */
    public RouteTable routes() {
        return routes;
    }

    /** {@return a virtual host by its own name, null if there is none} */
    public @Nullable VirtualHost virtualHost(String name) {
        return virtualHosts.get(name);
    }

    /** {@return all virtual hosts} */
    public Collection<VirtualHost> virtualHosts() {
        return virtualHosts.values();
    }

    /** {@return a cluster by name, null if there is none} */
    public @Nullable Cluster cluster(String name) {
        return clusters.get(name);
    }

    /** {@return all clusters} */
    public Collection<Cluster> clusters() {
        return clusters.values();
    }

    /** {@return what stands for a cluster that routes name and the config does not have, null if none do} */
    @Nullable
    Cluster missing(String name) {
        return missing.get(name);
    }

    /** {@return what is asked of requests that come in} */
    public InboundPolicy inbound() {
        return inbound;
    }

    /** {@return what it was compiled from} */
    public MeshConfig config() {
        return config;
    }

    @Override
    public Explanation explain(Call call) {
        return Explainer.explain(version(), routes, call);
    }
}
