package io.inmesh.server.translate;

import io.inmesh.server.rule.PeerAuthentications;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Resolution;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.service.Workload;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * All that clusters, listeners and routes depend on in services: everything but endpoints. Equal shapes mean that only endpoints moved.
 *
 * @param services one entry per service, in order of host names
 */
record ServiceShapes(List<Shape> services) {

    /**
     * @param service the service without workloads
     * @param accounts the identities its TLS certificates are checked against
     * @param insistsOnTls whether no endpoint takes plaintext
     * @param embedded workloads that are part of the cluster itself, for services resolved by DNS
     */
    record Shape(MeshService service, Set<String> accounts, boolean insistsOnTls, List<Workload> embedded) {}

    /** Whether any cluster holds its endpoints itself. */
    boolean embedEndpoints() {
        return services.stream().anyMatch(shape -> shape.service().resolution() != Resolution.STATIC);
    }

    static ServiceShapes of(ServiceIndex index, PeerAuthentications peers) {
        List<Shape> shapes = new ArrayList<>();
        for (MeshService service : index.all().values()) {
            shapes.add(new Shape(
                    service.withoutWorkloads(),
                    service.serviceAccounts(),
                    GrpcTls.everyoneInsists(service, peers),
                    service.resolution() == Resolution.STATIC ? List.of() : service.workloads()));
        }
        return new ServiceShapes(shapes);
    }
}
