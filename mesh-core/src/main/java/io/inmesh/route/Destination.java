package io.inmesh.route;

import io.inmesh.call.HeaderSink;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.RouteAction.WeightedCluster;
import io.inmesh.tally.RouteTraffic;
import org.jspecify.annotations.Nullable;

/** One cluster a route leads to. Immutable, but for where its calls are counted. */
public final class Destination {

    private final WeightedCluster config;
    private final Cluster cluster;
    private final HeaderEdits requestHeaders;
    private final HeaderEdits responseHeaders;
    /** Of the cluster; several threads may look it up at once and find the same. */
    private @Nullable RouteTraffic traffic;

    Destination(WeightedCluster config, Cluster cluster) {
        this(config, cluster, new HeaderEdits(config.requestHeaders()), new HeaderEdits(config.responseHeaders()));
    }

    private Destination(
            WeightedCluster config, Cluster cluster, HeaderEdits requestHeaders, HeaderEdits responseHeaders) {
        this.config = config;
        this.cluster = cluster;
        this.requestHeaders = requestHeaders;
        this.responseHeaders = responseHeaders;
    }

    /** {@return another cluster that is sent the very same} */
    public Destination at(Cluster other) {
        return new Destination(config, other, requestHeaders, responseHeaders);
    }

    /** {@return the cluster, which may be {@linkplain Cluster#missing missing}} */
    public Cluster cluster() {
        return cluster;
    }

    /** {@return its share relative to the other destinations of the route} */
    public long weight() {
        return config.weight();
    }

    /** {@return the authority to send in place of what the route says, null to leave that to the route} */
    public @Nullable String authority() {
        return config.authority();
    }

    /**
     * {@return where its calls are counted}
     *
     * @param route name of the route that leads here
     */
    public RouteTraffic traffic(String route) {
        RouteTraffic known = traffic;
        if (known == null || known.forgotten()) {
            known = cluster.traffic().route(route);
            traffic = known;
        }
        return known;
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
