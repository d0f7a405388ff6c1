package io.inmesh.route;

import io.inmesh.call.HeaderSink;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.RouteAction.WeightedCluster;

/** One cluster a route leads to. Immutable. */
public final class Destination {

    private final WeightedCluster config;
    private final Cluster cluster;
    private final HeaderEdits requestHeaders;
    private final HeaderEdits responseHeaders;

    Destination(WeightedCluster config, Cluster cluster) {
        this.config = config;
        this.cluster = cluster;
        this.requestHeaders = new HeaderEdits(config.requestHeaders());
        this.responseHeaders = new HeaderEdits(config.responseHeaders());
    }

    /** {@return the cluster, which may be {@linkplain Cluster#missing missing}} */
    public Cluster cluster() {
        return cluster;
    }

    /** {@return its share relative to the other destinations of the route} */
    public long weight() {
        return config.weight();
    }

    /** Writes its edits of a request, which come after the route's own. */
    public void writeRequestHeaders(HeaderSink sink) {
        requestHeaders.write(sink);
    }

    /** Writes its edits of a response. */
    public void writeResponseHeaders(HeaderSink sink) {
        responseHeaders.write(sink);
    }

    /** {@return whether it edits responses} */
    public boolean editsResponse() {
        return !responseHeaders.isEmpty();
    }
}
