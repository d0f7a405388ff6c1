package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.TelemetryRule;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Protocol;
import io.inmesh.server.service.ServicePort;
import io.inmesh.xds.cluster.Cluster;
import io.inmesh.xds.route.RouteConfiguration;
import io.inmesh.xds.route.VirtualHost;
import java.util.ArrayList;
import java.util.List;

/** Clusters, listeners and routes of one kind of client. */
final class Structures {
    /** What Istio allows the body of a direct response to be; Envoy's own default is 4 KiB. */
    private static final int MAX_DIRECT_RESPONSE_BYTES = 1 << 20;

    private Structures() {}

    /** Listeners and routes. */
    static List<VersionedResource> routing(ClientView view) {
        List<VersionedResource> resources = new ArrayList<>();
        if (view.client().personality() == Personality.GRPC_SAFE) {
            resources.addAll(grpcTargets(view));
        } else {
            resources.addAll(ports(view));
            resources.add(
                    VersionedResource.of(InboundListeners.NAME, InboundListeners.full(view.rules(), view.client())));
        }
        return resources;
    }

    /** Clusters. They depend on services and DestinationRules (and, for stock gRPC, on who insists on TLS), never on routes. */
    static List<VersionedResource> clusters(ClientView view) {
        boolean grpcSafe = view.client().personality() == Personality.GRPC_SAFE;
        List<VersionedResource> resources = new ArrayList<>();
        for (MeshService service : view.services().values()) {
            for (ServicePort port : service.ports()) {
                if (port.protocol() == Protocol.UDP) {
                    continue;
                }
                for (String subset : view.subsets(service)) {
                    Field tls = view.policy(service, subset, port.number()).tls();
                    if (grpcSafe && !GrpcTls.possible(tls)) {
                        continue;
                    }
                    Cluster cluster = Clusters.build(view, service, port, subset);
                    if (!grpcSafe || DnsClusters.possibleForGrpc(cluster)) {
                        resources.add(VersionedResource.of(cluster.getName(), cluster));
                    }
                }
            }
        }
        return resources;
    }

    /** A listener and a route configuration for each port number. */
    private static List<VersionedResource> ports(ClientView view) {
        TelemetryRule telemetry = view.rules()
                .telemetries()
                .effective(view.client().namespace(), view.client().labels(), TelemetryRule.Side.CLIENT);
        List<VersionedResource> resources = new ArrayList<>();
        for (int port : view.routablePorts()) {
            List<VirtualHost> hosts = new ArrayList<>();
            for (MeshService service : view.services().values()) {
                service.port(port)
                        .filter(p -> p.protocol().routable())
                        .ifPresent(p -> hosts.add(VirtualHosts.of(view, service, p)));
            }
            if (port == VirtualHosts.PORT_OF_UNKNOWN_HOSTS) {
                hosts.addAll(VirtualHosts.unknownHosts(view));
            }
            String name = Integer.toString(port);
            resources.add(VersionedResource.of("0.0.0.0_" + port, OutboundListeners.ofPort(port, telemetry)));
            resources.add(VersionedResource.of(
                    name,
                    RouteConfiguration.newBuilder()
                            .setName(name)
                            .setMaxDirectResponseBodySizeBytes(Protos.uint32(MAX_DIRECT_RESPONSE_BYTES))
                            .addAllVirtualHosts(VirtualHosts.withoutDuplicateDomains(hosts))
                            .build()));
        }
        return resources;
    }

    /** For stock gRPC: a route configuration for each service port, and a listener for each way to name it. */
    private static List<VersionedResource> grpcTargets(ClientView view) {
        List<VersionedResource> resources = new ArrayList<>();
        for (MeshService service : view.services().values()) {
            for (ServicePort port : service.ports()) {
                if (!port.protocol().routable()) {
                    continue;
                }
                String name = ClusterNames.outbound(port.number(), "", service.fqdn());
                VirtualHost host = VirtualHosts.of(view, service, port);
                resources.add(VersionedResource.of(
                        name,
                        RouteConfiguration.newBuilder()
                                .setName(name)
                                .addVirtualHosts(host)
                                .build()));
                for (String alias : VirtualHosts.names(view, service)) {
                    String target = alias + ":" + port.number();
                    resources.add(VersionedResource.of(target, OutboundListeners.ofTarget(target, name)));
                }
            }
        }
        return resources;
    }
}
