package io.inmesh.server.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.inmesh.server.rule.IpAddresses;
import io.inmesh.server.rule.LabelSelector;
import io.inmesh.server.rule.MtlsMode;
import io.inmesh.server.rule.PeerAuthentications;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Resolution;
import io.inmesh.server.service.ServicePort;
import io.inmesh.server.service.Workload;
import io.inmesh.xds.core.Address;
import io.inmesh.xds.core.HealthStatus;
import io.inmesh.xds.core.Metadata;
import io.inmesh.xds.core.SocketAddress;
import io.inmesh.xds.endpoint.ClusterLoadAssignment;
import io.inmesh.xds.endpoint.Endpoint;
import io.inmesh.xds.endpoint.LbEndpoint;
import java.util.Map;
import java.util.OptionalInt;

/** Endpoints of a cluster, grouped by locality. */
final class Endpoints {
    private static final String TRANSPORT_SOCKET_MATCH = "envoy.transport_socket_match";

    private Endpoints() {}

    static ClusterLoadAssignment build(
            MeshService service,
            ServicePort port,
            String subset,
            LabelSelector selector,
            PeerAuthentications peers,
            Placement placement) {
        EndpointGroups groups = new EndpointGroups(placement);
        for (Workload workload : service.workloads()) {
            OptionalInt portNumber = workload.portFor(port);
            // Over EDS there are addresses only: one name would make a client refuse all endpoints.
            boolean usable = service.resolution() != Resolution.STATIC || IpAddresses.valid(workload.address());
            if (usable && portNumber.isPresent() && selector.matches(workload.labels())) {
                groups.add(workload, endpoint(workload, portNumber.getAsInt(), peers));
            }
        }
        ClusterLoadAssignment.Builder assignment = ClusterLoadAssignment.newBuilder()
                .setClusterName(ClusterNames.outbound(port.number(), subset, service.fqdn()));
        groups.writeTo(assignment);
        return assignment.build();
    }

    private static LbEndpoint endpoint(Workload workload, int port, PeerAuthentications peers) {
        Address address = Address.newBuilder()
                .setSocketAddress(SocketAddress.newBuilder()
                        .setAddress(workload.address())
                        .setPortValue(port))
                .build();
        return LbEndpoint.newBuilder()
                .setEndpoint(Endpoint.newBuilder().setAddress(address))
                .setHealthStatus(
                        switch (workload.health()) {
                            case HEALTHY -> HealthStatus.HEALTHY;
                            case UNHEALTHY -> HealthStatus.UNHEALTHY;
                            case DRAINING -> HealthStatus.DRAINING;
                        })
                .setLoadBalancingWeight(Protos.uint32(workload.weight()))
                .setMetadata(metadata(workload, acceptsMeshTls(workload, port, peers)))
                .build();
    }

    /** Whether clients should speak mutual TLS to this endpoint: it can, and no PeerAuthentication switches it off. */
    static boolean acceptsMeshTls(Workload workload, int port, PeerAuthentications peers) {
        return workload.meshTls()
                && peers.effective(workload.namespace(), workload.labels()).at(port) != MtlsMode.DISABLE;
    }

    private static Metadata metadata(Workload workload, boolean meshTls) {
        Map<String, String> labels = workload.labels();
        String canonicalService = labels.getOrDefault(
                "service.istio.io/canonical-name",
                labels.getOrDefault("app.kubernetes.io/name", labels.getOrDefault("app", workload.name())));
        String revision = labels.getOrDefault(
                "service.istio.io/canonical-revision",
                labels.getOrDefault("app.kubernetes.io/version", labels.getOrDefault("version", "latest")));
        String identity = String.join(
                ";",
                workload.name(),
                workload.namespace(),
                canonicalService,
                revision,
                labels.getOrDefault("topology.istio.io/cluster", ""));
        Struct.Builder labelStruct = Struct.newBuilder();
        labels.forEach((key, value) -> labelStruct.putFields(key, Protos.string(value)));
        Metadata.Builder metadata = Metadata.newBuilder()
                .putFilterMetadata(
                        "istio",
                        Struct.newBuilder()
                                .putFields("workload", Protos.string(identity))
                                .build())
                .putFilterMetadata(
                        "inmesh",
                        Struct.newBuilder()
                                .putFields(
                                        "labels",
                                        Value.newBuilder()
                                                .setStructValue(labelStruct)
                                                .build())
                                .putFields("serviceAccount", Protos.string(workload.serviceAccount()))
                                .build());
        if (meshTls) {
            metadata.putFilterMetadata(
                    TRANSPORT_SOCKET_MATCH,
                    Struct.newBuilder()
                            .putFields(TlsContexts.TLS_MODE, Protos.string(TlsContexts.ISTIO_MUTUAL))
                            .build());
        }
        return metadata.build();
    }
}
