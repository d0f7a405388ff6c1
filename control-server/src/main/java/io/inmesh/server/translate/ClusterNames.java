package io.inmesh.server.translate;

import java.util.Optional;

/** Names of clusters and what is derived from them, in Istio's form. */
public final class ClusterNames {
    private static final String UNRESOLVED = "unresolved|";

    private ClusterNames() {}

    /**
     * The name of a cluster that does not exist on purpose: {@code unresolved|BackendNotFound|80|nobody}. It stands for a backend that
     * could not be resolved; clients need not wait for such a cluster.
     */
    static String unresolved(String reason, int port, String host) {
        return UNRESOLVED + reason + "|" + port + "|" + host;
    }

    /** Why the backend that a cluster name stands for could not be resolved; empty if the name is one of a cluster. */
    public static Optional<String> unresolvedReason(String cluster) {
        return cluster.startsWith(UNRESOLVED)
                ? Optional.of(cluster.substring(UNRESOLVED.length(), cluster.indexOf('|', UNRESOLVED.length())))
                : Optional.empty();
    }

    /** {@code outbound|9080|v1|reviews.default.svc.cluster.local}; no subset leaves its place empty. */
    public static String outbound(int port, String subset, String fqdn) {
        return "outbound|" + port + "|" + subset + "|" + fqdn;
    }
}
