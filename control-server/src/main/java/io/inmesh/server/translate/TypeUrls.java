package io.inmesh.server.translate;

import com.google.protobuf.Descriptors.Descriptor;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.route.RouteConfiguration;

/** Type URLs of the resources made here. */
public final class TypeUrls {
    /** Clusters (CDS). */
    public static final String CLUSTER = of(Cluster.getDescriptor());
    /** Endpoints of clusters (EDS). */
    public static final String ENDPOINTS = of(ClusterLoadAssignment.getDescriptor());
    /** Listeners (LDS). */
    public static final String LISTENER = of(Listener.getDescriptor());
    /** Routes (RDS). */
    public static final String ROUTES = of(RouteConfiguration.getDescriptor());

    private TypeUrls() {}

    static String of(Descriptor message) {
        return "type.googleapis.com/" + message.getFullName();
    }
}
