package io.inmesh.xds;

import com.google.protobuf.Descriptors.Descriptor;

/** The type URLs that xDS streams name resources by. */
public final class TypeUrls {
    /** What every type URL begins with. */
    public static final String PREFIX = "type.googleapis.com/";

    /** Listeners (LDS). */
    public static final String LISTENER = PREFIX + "envoy.config.listener.v3.Listener";

    /** Route configurations (RDS). */
    public static final String ROUTE = PREFIX + "envoy.config.route.v3.RouteConfiguration";

    /** Clusters (CDS). */
    public static final String CLUSTER = PREFIX + "envoy.config.cluster.v3.Cluster";

    /** Endpoints of a cluster (EDS). */
    public static final String ENDPOINT = PREFIX + "envoy.config.endpoint.v3.ClusterLoadAssignment";

    /** Trust bundles (SDS). */
    public static final String SECRET = PREFIX + "envoy.extensions.transport_sockets.tls.v3.Secret";

    /** Marks requests by which a workload registers and tells its health; it never has resources. */
    public static final String HEALTH = PREFIX + "istio.v1.HealthInformation";

    private TypeUrls() {}

    /** The type URL of messages of this kind, such as {@code Cluster.getDescriptor()}. */
    public static String of(Descriptor message) {
        return PREFIX + message.getFullName();
    }
}
