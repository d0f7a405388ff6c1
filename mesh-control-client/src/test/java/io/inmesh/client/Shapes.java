package io.inmesh.client;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.core.Address;
import io.inmesh.xds.core.AggregatedConfigSource;
import io.inmesh.xds.core.ConfigSource;
import io.inmesh.xds.core.DataSource;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.core.TrafficDirection;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.Endpoint;
import io.inmesh.xds.endpoint.LbEndpoint;
import io.inmesh.xds.endpoint.LocalityLbEndpoints;
import io.inmesh.xds.filter.http.HttpConnectionManager;
import io.inmesh.xds.filter.http.HttpFilter;
import io.inmesh.xds.filter.http.Rds;
import io.inmesh.xds.filter.rbac.RBAC;
import io.inmesh.xds.listener.Filter;
import io.inmesh.xds.listener.FilterChain;
import io.inmesh.xds.listener.Listener;
import io.inmesh.xds.rbac.Permission;
import io.inmesh.xds.rbac.Policy;
import io.inmesh.xds.rbac.Principal;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.RouteAction;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.route.RouteMatch;
import io.inmesh.xds.route.VirtualHost;
import io.inmesh.xds.tls.CertificateValidationContext;
import io.inmesh.xds.tls.Secret;
import io.inmesh.xds.type.matcher.StringMatcher;
import java.security.cert.X509Certificate;
import java.util.List;

/** Resources in the shapes that control planes send them. */
final class Shapes {

    static final String REVIEWS = "outbound|9080||reviews.default.svc.cluster.local";
    static final String REVIEWS_V2 = "outbound|9080|v2|reviews.default.svc.cluster.local";
    static final String RATINGS = "outbound|9080||ratings.default.svc.cluster.local";

    private Shapes() {}

    static String name(Message resource) {
        if (resource instanceof ClusterLoadAssignment assignment) {
            return assignment.getClusterName();
        }
        return (String) resource.getField(resource.getDescriptorForType().findFieldByName("name"));
    }

    static Any pack(Message message) {
        return Any.newBuilder()
                .setTypeUrl(
                        "type.googleapis.com/" + message.getDescriptorForType().getFullName())
                .setValue(message.toByteString())
                .build();
    }

    static Cluster cluster(String name) {
        return Cluster.newBuilder()
                .setName(name)
                .setType(Cluster.DiscoveryType.EDS)
                .setLbPolicy(Cluster.LbPolicy.LEAST_REQUEST)
                .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder()
                        .setEdsConfig(ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance())))
                .build();
    }

    static ClusterLoadAssignment endpoints(String cluster, String... addresses) {
        LocalityLbEndpoints.Builder locality = LocalityLbEndpoints.newBuilder();
        for (String address : addresses) {
            locality.addLbEndpoints(
                    LbEndpoint.newBuilder().setEndpoint(Endpoint.newBuilder().setAddress(address(address, 9080))));
        }
        return ClusterLoadAssignment.newBuilder()
                .setClusterName(cluster)
                .addEndpoints(locality)
                .build();
    }

    static Address address(String ip, int port) {
        return Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder().setAddress(ip).setPortValue(port))
                .build();
    }

    static Listener outbound(String name, String routes, int port) {
        HttpConnectionManager manager = HttpConnectionManager.newBuilder()
                .setRds(Rds.newBuilder()
                        .setRouteConfigName(routes)
                        .setConfigSource(ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance())))
                .addHttpFilters(HttpFilter.newBuilder().setName("envoy.filters.http.router"))
                .build();
        return Listener.newBuilder()
                .setName(name)
                .setAddress(address("0.0.0.0", port))
                .setTrafficDirection(TrafficDirection.OUTBOUND)
                .setDefaultFilterChain(chain(manager))
                .build();
    }

    static FilterChain chain(HttpConnectionManager manager) {
        return FilterChain.newBuilder()
                .addFilters(Filter.newBuilder()
                        .setName("envoy.filters.network.http_connection_manager")
                        .setTypedConfig(pack(manager)))
                .build();
    }

    static Listener inbound(HttpFilter... filters) {
        HttpConnectionManager.Builder manager = HttpConnectionManager.newBuilder();
        manager.addAllHttpFilters(List.of(filters));
        manager.addHttpFilters(HttpFilter.newBuilder().setName("envoy.filters.http.router"));
        return Listener.newBuilder()
                .setName("inbound")
                .setTrafficDirection(TrafficDirection.INBOUND)
                .addFilterChains(chain(manager.build()))
                .build();
    }

    static HttpFilter rbac(io.inmesh.xds.rbac.RBAC rules) {
        return HttpFilter.newBuilder()
                .setName("envoy.filters.http.rbac")
                .setTypedConfig(pack(RBAC.newBuilder().setRules(rules).build()))
                .build();
    }

    static io.inmesh.xds.rbac.RBAC allow(String principal) {
        return io.inmesh
                .xds
                .rbac
                .RBAC
                .newBuilder()
                .setAction(io.inmesh.xds.rbac.RBAC.Action.ALLOW)
                .putPolicies(
                        "ns[default]-policy[viewer]-rule[0]",
                        Policy.newBuilder()
                                .addPermissions(Permission.newBuilder().setAny(true))
                                .addPrincipals(Principal.newBuilder()
                                        .setAuthenticated(Principal.Authenticated.newBuilder()
                                                .setPrincipalName(StringMatcher.newBuilder()
                                                        .setExact(principal))))
                                .build())
                .build();
    }

    static RouteConfiguration routes(String name, VirtualHost... hosts) {
        return RouteConfiguration.newBuilder()
                .setName(name)
                .addAllVirtualHosts(List.of(hosts))
                .build();
    }

    static VirtualHost host(String name, String cluster, String... domains) {
        return VirtualHost.newBuilder()
                .setName(name)
                .addAllDomains(List.of(domains))
                .addRoutes(to(cluster))
                .build();
    }

    static Route to(String cluster) {
        return Route.newBuilder()
                .setName("default")
                .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                .setRoute(RouteAction.newBuilder().setCluster(cluster))
                .build();
    }

    static Secret roots(X509Certificate... roots) throws Exception {
        StringBuilder pem = new StringBuilder();
        for (X509Certificate root : roots) {
            pem.append(FakeCertificates.pem(root));
        }
        return Secret.newBuilder()
                .setName("ROOTCA")
                .setValidationContext(CertificateValidationContext.newBuilder()
                        .setTrustedCa(DataSource.newBuilder().setInlineString(pem.toString())))
                .build();
    }
}
