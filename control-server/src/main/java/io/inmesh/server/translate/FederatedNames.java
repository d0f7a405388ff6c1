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
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Names that say whose they are, {@code xdstp://AUTHORITY/TYPE/NAME}, by which a gRPC client of several meshes tells them apart (gRFC A47).
 * The authority of this mesh is its trust domain; what such a resource leads to has such a name, too, so that it is asked for here.
 *
 * <p>A resource has one such name (two if there is one of {@code !'()*} in it), so that nobody can have the same made over and over by other
 * spellings. What was made of those that are listed is shared by all who may see them.
 */
final class FederatedNames {
    private static final String SCHEME = "xdstp://";
    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final String TYPES = "type.googleapis.com/";

    /** What RFC 3986 allows in a path as it is, beside letters and digits; gRPC in Java and C++ leave it. */
    private static final String PLAIN = "-._~/:@!$&'()*+,;=";
    /** What gRPC for Go leaves. */
    private static final String PLAIN_IN_GO = "-._~/:@$&+,;=";

    private final String authority;
    private final ConcurrentMap<Copy, VersionedResource> copies = new ConcurrentHashMap<>();
    private final Map<Copy, VersionedResource> copiesBefore;

    private record Copy(VersionedResource of, String name) {}

    /**
     * @param authority the mesh's trust domain
     * @param before those of the state before, of which copies are taken over; null if there are none
     */
    FederatedNames(String authority, @Nullable FederatedNames before) {
        this.authority = authority;
        this.copiesBefore = before == null ? Map.of() : before.copies;
    }

    /**
     * The resource's name within the mesh; empty if {@code name} is of another form, authority or type, has context parameters, since
     * nothing here differs by any, or is not spelled as RFC 3986 says that names are: escaped is what must be, in upper case.
     */
    Optional<String> plain(String typeUrl, String name) {
        String prefix = prefix(typeUrl);
        if (!name.startsWith(prefix) || name.indexOf('?') >= 0 || name.indexOf('#') >= 0) {
            return Optional.empty();
        }
        try {
            // A plus is one: it stands for a space in forms only.
            String encoded = name.substring(prefix.length());
            String plain = URLDecoder.decode(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
            return encoded.equals(encode(plain, PLAIN)) || encoded.equals(encode(plain, PLAIN_IN_GO))
                    ? Optional.of(plain)
                    : Optional.empty();
        } catch (IllegalArgumentException notEncoded) {
            return Optional.empty();
        }
    }

    /** The same as {@link #named}, kept for whoever asks next: for resources that are listed, of which there is an end. */
    VersionedResource shared(VersionedResource listed, String name) {
        return copies.computeIfAbsent(new Copy(listed, name), copy -> {
            VersionedResource before = copiesBefore.get(copy);
            return before == null ? named(listed, name) : before;
        });
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
        return prefix(typeUrl) + encode(plain, PLAIN);
    }

    private static String encode(String text, String plain) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean letterOrDigit = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
            if (letterOrDigit || plain.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(HEX.toHexDigits(b));
            }
        }
        return encoded.toString();
    }

    private String prefix(String typeUrl) {
        return SCHEME + authority + '/' + typeUrl.substring(TYPES.length()) + '/';
    }
}
