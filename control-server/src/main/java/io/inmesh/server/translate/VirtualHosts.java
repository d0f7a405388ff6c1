package io.inmesh.server.translate;

import io.inmesh.server.gateway.RouteTable;
import io.inmesh.server.rule.VirtualServiceRule;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServicePort;
import io.inmesh.xds.route.Route;
import io.inmesh.xds.route.VirtualHost;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Virtual hosts: one per service on each port, and the names by which clients may call it. */
final class VirtualHosts {
    /** A VirtualService for a host that is no service is only heard on the port of plain HTTP. */
    static final int PORT_OF_UNKNOWN_HOSTS = 80;

    private VirtualHosts() {}

    /** The virtual host of a service on one of its ports, with every name a client of {@code view} may use for it. */
    static VirtualHost of(ClientView view, MeshService service, ServicePort port) {
        VirtualHost host = host(service.fqdn(), port.number(), names(view, service), routes(view, service, port));
        return view.client().personality() == Personality.GRPC_SAFE ? withoutTrailingDots(host) : host;
    }

    /** The virtual host of a name that only a VirtualService knows. */
    static VirtualHost ofUnknown(ClientView view, String host, VirtualServiceRule rule) {
        return host(host, PORT_OF_UNKNOWN_HOSTS, List.of(host), Routes.of(view, rule, PORT_OF_UNKNOWN_HOSTS));
    }

    /**
     * The names of a service, the full one first, without ports: with a trailing dot too, and for a core Service the short forms that
     * DNS search would give a client of this namespace.
     */
    static List<String> names(ClientView view, MeshService service) {
        Set<String> names = new LinkedHashSet<>();
        names.add(service.fqdn());
        names.add(service.fqdn() + ".");
        if (service.kubernetes()) {
            String suffix = ".svc." + view.settings().clusterDomain();
            String dnsDomain = view.client().dnsDomain();
            boolean sameCluster = dnsDomain.isEmpty() || ("." + dnsDomain).endsWith(suffix);
            if (sameCluster) {
                String qualified = service.name() + "." + service.namespace();
                if (service.namespace().equals(view.client().namespace())) {
                    names.add(service.name());
                }
                names.add(qualified);
                names.add(qualified + ".svc");
            }
        }
        // A short form that is another service's full name belongs to that service.
        names.removeIf(name -> !name.equals(service.fqdn()) && view.services().containsKey(name));
        return List.copyOf(names);
    }

    /**
     * The routes of the HTTPRoutes, GRPCRoutes or VirtualService in force. If there are none, or nothing in the VirtualService concerns
     * this client and port, all calls go to the service as they would without any rule.
     */
    private static List<Route> routes(ClientView view, MeshService service, ServicePort port) {
        Optional<RouteTable> attached = view.attachedRoutes(service, port);
        if (attached.isPresent()) {
            return GatewayVirtualHost.routes(view, attached.get(), port.number());
        }
        List<Route> routes = view.virtualServiceFor(service.fqdn())
                .map(rule -> Routes.of(view, rule, port.number()))
                .orElse(List.of());
        if (!routes.isEmpty()) {
            return routes;
        }
        String cluster = ClusterNames.outbound(port.number(), "", service.fqdn());
        return List.of(Routes.byDefault(view, cluster, view.balancing(service, "", port.number())));
    }

    private static VirtualHost host(String fqdn, int port, List<String> names, List<Route> routes) {
        VirtualHost.Builder host = VirtualHost.newBuilder().setName(fqdn + ":" + port);
        for (String name : names) {
            host.addDomains(name).addDomains(name + ":" + port);
        }
        return host.addAllRoutes(routes).build();
    }

    /** gRPC-Java takes a domain that ends in a dot for a bug of its own and gives up the whole channel. */
    private static VirtualHost withoutTrailingDots(VirtualHost host) {
        List<String> domains = host.getDomainsList().stream()
                .filter(name -> !name.endsWith("."))
                .toList();
        return host.toBuilder().clearDomains().addAllDomains(domains).build();
    }

    /** Drops names that an earlier virtual host already has; a host left without a name is dropped as a whole. */
    static List<VirtualHost> withoutDuplicateDomains(List<VirtualHost> hosts) {
        Set<String> taken = new LinkedHashSet<>();
        List<VirtualHost> unique = new ArrayList<>();
        for (VirtualHost host : hosts) {
            List<String> free =
                    host.getDomainsList().stream().filter(taken::add).toList();
            if (!free.isEmpty()) {
                unique.add(host.toBuilder().clearDomains().addAllDomains(free).build());
            }
        }
        return unique;
    }

    /** Virtual hosts of names that are no service, in order of precedence. */
    static List<VirtualHost> unknownHosts(ClientView view) {
        List<VirtualHost> hosts = new ArrayList<>();
        for (Map.Entry<String, VirtualServiceRule> entry :
                view.hostsWithoutService().entrySet()) {
            VirtualHost host = ofUnknown(view, entry.getKey(), entry.getValue());
            if (host.getRoutesCount() > 0) {
                hosts.add(host);
            }
        }
        return hosts;
    }
}
