package io.inmesh.server.source.kubernetes;

/** What is followed of the cluster's API. All three are read with {@code get, list, watch}. */
enum Collection {
    /** Which services there are, and on which ports callers call them. */
    SERVICES("/api/v1/services"),
    /** What is behind them. */
    SLICES("/apis/discovery.k8s.io/v1/endpointslices"),
    /** Labels and service accounts of what is behind them. */
    PODS("/api/v1/pods");

    private final String path;

    Collection(String path) {
        this.path = path;
    }

    String path() {
        return path;
    }
}
