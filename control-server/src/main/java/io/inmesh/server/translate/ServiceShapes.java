package io.inmesh.server.translate;

import io.inmesh.server.rule.PeerAuthentications;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.Resolution;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.service.Workload;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
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
        return new ServiceShapes(
                index.all().values().stream().map(service -> of(service, peers)).toList());
    }

    /**
     * The shapes of {@code index}, under the same PeerAuthentications as these.
     *
     * @param before what these are the shapes of; a service that is the same object there and here has the same shape
     */
    ServiceShapes following(ServiceIndex before, ServiceIndex index, PeerAuthentications peers) {
        Map<MeshService, Shape> known = new IdentityHashMap<>();
        Iterator<Shape> shapes = services.iterator();
        before.all().values().forEach(service -> known.put(service, shapes.next()));
        return new ServiceShapes(index.all().values().stream()
                .map(service -> {
                    Shape same = known.get(service);
                    return same == null ? of(service, peers) : same;
                })
                .toList());
    }

    private static Shape of(MeshService service, PeerAuthentications peers) {
        return new Shape(
                service.withoutWorkloads(),
                service.serviceAccounts(),
                GrpcTls.everyoneInsists(service, peers),
                service.resolution() == Resolution.STATIC ? List.of() : service.workloads());
    }
}
