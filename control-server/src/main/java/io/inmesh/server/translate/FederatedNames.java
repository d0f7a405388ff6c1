package io.inmesh.server.translate;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteAction;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.route.VirtualHost;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Names that say whose they are, {@code xdstp://AUTHORITY/TYPE/NAME}, by which a gRPC client of several meshes tells them apart (gRFC A47).
 * The authority of this mesh is its trust domain; what such a resource leads to has such a name, too, so that it is asked for here.
 */
final class FederatedNames {
    private static final String SCHEME = "xdstp://";
    private static final String TYPES = "type.googleapis.com/";

    private final String authority;

    /**
     * @param authority the mesh's trust domain
     */
    FederatedNames(String authority) {
        this.authority = authority;
    }

    /**
     * The resource's name within the mesh; empty if {@code name} is of another form, authority or type, or has context parameters, since
     * nothing here differs by any.
     */
    Optional<String> plain(String typeUrl, String name) {
        String prefix = prefix(typeUrl);
        if (!name.startsWith(prefix) || name.indexOf('?') >= 0 || name.indexOf('#') >= 0) {
            return Optional.empty();
        }
        try {
            // A plus is one: it stands for a space in forms only.
            String encoded = name.substring(prefix.length()).replace("+", "%2B");
            return Optional.of(URLDecoder.decode(encoded, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException notEncoded) {
            return Optional.empty();
        }
    }

    /** The same resource under {@code name}, which is also the one in it. */
    VersionedResource named(VersionedResource resource, String name) {
        ByteString bytes = resource.any().getValue();
        String type = resource.typeUrl();
        try {
            if (type.equals(TypeUrls.LISTENER)) {
                return VersionedResource.of(name, listener(Listener.parseFrom(bytes), name));
            }
            if (type.equals(TypeUrls.ROUTES)) {
                return VersionedResource.of(name, routes(RouteConfiguration.parseFrom(bytes), name));
            }
            if (type.equals(TypeUrls.CLUSTER)) {
                return VersionedResource.of(name, cluster(Cluster.parseFrom(bytes), name));
            }
            if (type.equals(TypeUrls.ENDPOINTS)) {
                ClusterLoadAssignment endpoints = ClusterLoadAssignment.parseFrom(bytes);
                return VersionedResource.of(
                        name, endpoints.toBuilder().setClusterName(name).build());
            }
            throw new IllegalArgumentException("gRPC clients do not ask for " + type);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a resource that was made here cannot be read", e);
        }
    }

    private Listener listener(Listener listener, String name) throws InvalidProtocolBufferException {
        Listener.Builder named = listener.toBuilder().setName(name);
        if (listener.hasApiListener()) {
            HttpConnectionManager.Builder manager =
                    HttpConnectionManager.parseFrom(
                            listener.getApiListener().getApiListener().getValue())
                            .toBuilder();
            if (manager.hasRds()) {
                manager.getRdsBuilder()
                        .setRouteConfigName(
                                full(TypeUrls.ROUTES, manager.getRds().getRouteConfigName()));
            }
            named.getApiListenerBuilder().setApiListener(Protos.pack(manager.build()));
        }
        return named.build();
    }

    private RouteConfiguration routes(RouteConfiguration routes, String name) {
        RouteConfiguration.Builder named = routes.toBuilder().setName(name);
        for (VirtualHost.Builder host : named.getVirtualHostsBuilderList()) {
            for (Route.Builder route : host.getRoutesBuilderList()) {
                if (route.hasRoute()) {
                    lead(route.getRouteBuilder());
                }
            }
        }
        return named.build();
    }

    private void lead(RouteAction.Builder action) {
        if (action.hasWeightedClusters()) {
            action.getWeightedClustersBuilder()
                    .getClustersBuilderList()
                    .forEach(cluster -> cluster.setName(full(TypeUrls.CLUSTER, cluster.getName())));
        } else if (!action.getCluster().isEmpty()) {
            action.setCluster(full(TypeUrls.CLUSTER, action.getCluster()));
        }
    }

    private Cluster cluster(Cluster cluster, String name) {
        Cluster.Builder named = cluster.toBuilder().setName(name);
        if (cluster.hasEdsClusterConfig()) {
            String endpoints = cluster.getEdsClusterConfig().getServiceName();
            named.getEdsClusterConfigBuilder()
                    .setServiceName(full(TypeUrls.ENDPOINTS, endpoints.isEmpty() ? cluster.getName() : endpoints));
        }
        return named.build();
    }

    private String full(String typeUrl, String plain) {
        return prefix(typeUrl)
                + URLEncoder.encode(plain, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private String prefix(String typeUrl) {
        return SCHEME + authority + '/' + typeUrl.substring(TYPES.length()) + '/';
    }
}
