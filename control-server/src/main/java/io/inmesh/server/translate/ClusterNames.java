package io.inmesh.server.translate;

/** Names of clusters and what is derived from them, in Istio's form. */
public final class ClusterNames {
    private ClusterNames() {}

    /** {@code outbound|9080|v1|reviews.default.svc.cluster.local}; no subset leaves its place empty. */
    public static String outbound(int port, String subset, String fqdn) {
        return "outbound|" + port + "|" + subset + "|" + fqdn;
    }

    /** The TLS server name of an outbound cluster: {@code outbound_.9080_.v1_.reviews.default.svc.cluster.local}. */
    static String serverName(int port, String subset, String fqdn) {
        return "outbound_." + port + "_." + subset + "_." + fqdn;
    }
}
