package io.inmesh.snapshot;

import io.inmesh.call.Call;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.MeshConfig;
import io.inmesh.explain.Explains;
import io.inmesh.explain.Explanation;
import io.inmesh.inbound.InboundPolicy;
import io.inmesh.route.RouteTable;
import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One compiled configuration. Immutable. */
public final class Snapshot implements Explains {

    private final MeshConfig config;
    private final RouteTable routes;
    private final Map<String, Cluster> clusters;
    private final InboundPolicy inbound;

    Snapshot(MeshConfig config, RouteTable routes, Map<String, Cluster> clusters, InboundPolicy inbound) {
        this.config = config;
        this.routes = routes;
        this.clusters = Map.copyOf(clusters);
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

    /** {@return a cluster by name, null if there is none} */
    public @Nullable Cluster cluster(String name) {
        return clusters.get(name);
    }

    /** {@return all clusters} */
    public Collection<Cluster> clusters() {
        return clusters.values();
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
        return new Explanation("config " + version() + ": " + call.host() + ":" + call.port() + " "
                + (routes.find(call.host(), call.port()) == null ? "is not known" : "is known"));
    }
}
