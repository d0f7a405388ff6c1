package io.inmesh.route;

import io.inmesh.call.HeaderSink;
import io.inmesh.cluster.Cluster;
import io.inmesh.config.HeaderEditsConfig;
import io.inmesh.config.RouteAction.WeightedCluster;

/** One cluster a route leads to. Immutable. */
public final class Destination {

    private final WeightedCluster config;
    private final Cluster cluster;

    /** Makes a destination. */
    public Destination(WeightedCluster config, Cluster cluster) {
        this.config = config;
        this.cluster = cluster;
    }

    /** {@return the cluster, which may be {@linkplain Cluster#missing missing}} */
    public Cluster cluster() {
        return cluster;
    }

    long weight() {
        return config.weight();
    }

    /** Writes its edits of a request. */
    public void writeRequestHeaders(HeaderSink sink) {
        write(config.requestHeaders(), sink);
    }

    /** Writes its edits of a response. */
    public void writeResponseHeaders(HeaderSink sink) {
        write(config.responseHeaders(), sink);
    }

    /** {@return whether responses are edited} */
    public boolean editsResponse() {
        return !config.responseHeaders().isEmpty();
    }

    static void write(HeaderEditsConfig edits, HeaderSink sink) {
        for (int i = 0; i < edits.remove().size(); i++) {
            sink.remove(edits.remove().get(i));
        }
        for (int i = 0; i < edits.set().size(); i++) {
            sink.set(edits.set().get(i).name(), edits.set().get(i).value());
        }
        for (int i = 0; i < edits.add().size(); i++) {
            sink.add(edits.add().get(i).name(), edits.add().get(i).value());
        }
    }
}
