package io.inmesh.server.translate;

import com.google.protobuf.Duration;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Resolution;
import io.inmesh.server.service.ServicePort;
import io.inmesh.xds.cluster.Cluster;

/** Clusters of services with resolution {@code DNS} and {@code DNS_ROUND_ROBIN}: they hold their endpoints, and clients resolve the names. */
final class DnsClusters {
    /** How often clients ask where they are not told how long an answer lives; as long as the JDK keeps answers. */
    private static final Duration REFRESH = Duration.newBuilder().setSeconds(30).build();

    private DnsClusters() {}

    static void apply(Cluster.Builder cluster, ClientView view, MeshService service, ServicePort port, String subset) {
        boolean grpcSafe = view.client().personality() == Personality.GRPC_SAFE;
        boolean logical = grpcSafe || service.resolution() == Resolution.DNS_ROUND_ROBIN;
        cluster.setType(logical ? Cluster.DiscoveryType.LOGICAL_DNS : Cluster.DiscoveryType.STRICT_DNS);
        if (!grpcSafe) {
            // A machine with addresses of both families must not count twice.
            cluster.setDnsRefreshRate(REFRESH)
                    .setRespectDnsTtl(true)
                    .setDnsLookupFamily(Cluster.DnsLookupFamily.V4_PREFERRED);
        }
        cluster.setLoadAssignment(Endpoints.build(
                service,
                port,
                subset,
                EndpointResources.selector(view, service, subset),
                view.rules().peerAuthentications(),
                view.embeddedPlacement(service, subset, port.number())));
    }

    /**
     * Whether a stock gRPC client takes a cluster as far as names are concerned. It knows no {@code STRICT_DNS}, and {@code LOGICAL_DNS}
     * with exactly one endpoint only (gRFC A37); it refuses other clusters.
     */
    static boolean possibleForGrpc(Cluster cluster) {
        return cluster.getType() != Cluster.DiscoveryType.LOGICAL_DNS
                || (cluster.getLoadAssignment().getEndpointsCount() == 1
                        && cluster.getLoadAssignment().getEndpoints(0).getLbEndpointsCount() == 1);
    }
}
