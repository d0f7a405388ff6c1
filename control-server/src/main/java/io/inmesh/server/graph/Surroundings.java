package io.inmesh.server.graph;

import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.service.Workload;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What is known of services and workloads apart from reports: where they belong and how many copies there are. */
public final class Surroundings {

    private static final int PARTS_OF_SERVICE_NAME = 3;

    private final String trustDomain;
    private final ServiceIndex services;
    private final Map<String, int[]> copies = new HashMap<>();
    private final Map<String, Set<String>> addresses = new HashMap<>();
    private final Map<String, SortedSet<String>> behind = new HashMap<>();

    /**
     * @param trustDomain whose identities are the mesh's own
     * @param services the services of the mesh
     * @param registered the processes that registered
     */
    public Surroundings(String trustDomain, ServiceIndex services, Collection<Workload> registered) {
        this.trustDomain = trustDomain;
        this.services = services;
        Set<String> seen = new HashSet<>();
        registered.forEach(workload -> add(seen, workload));
        services.all()
                .values()
                .forEach(service -> service.workloads().forEach(workload -> {
                    add(seen, workload);
                    behind.computeIfAbsent(id(workload), unseen -> new TreeSet<>())
                            .add(EdgeName.service(service.fqdn()));
                }));
    }

    private static String id(Workload workload) {
        return EdgeName.workload(WorkloadVersion.of(workload.namespace(), workload.name(), workload.labels()));
    }

    private void add(Set<String> seen, Workload workload) {
        if (seen.add(workload.namespace() + "/" + workload.id())) {
            String id = id(workload);
            int[] count = copies.computeIfAbsent(id, unseen -> new int[2]);
            count[0]++;
            count[1] += workload.meshTls() ? 1 : 0;
            addresses.computeIfAbsent(id, unseen -> new HashSet<>()).add(workload.address());
        }
    }

    /** {@return whether a subject concerns a namespace, as the one that calls or the one that is called; all do the empty one} */
    public Predicate<Subject> concerning(String namespace) {
        if (namespace.isEmpty()) {
            return subject -> true;
        }
        return subject -> subject.reporter().namespace().equals(namespace)
                || (subject instanceof Subject.Calls calls
                        && namespaceOf(calls.host()).equals(namespace));
    }

    Optional<MeshService> service(String host) {
        return services.find(host);
    }

    /** {@return the namespace of a service; empty if that is not known} */
    String namespaceOf(String host) {
        Optional<MeshService> known = services.find(host);
        if (known.isPresent()) {
            return known.get().namespace();
        }
        // A service that is gone was one of the mesh's if its name has the form of theirs.
        String[] parts = host.split("\\.", PARTS_OF_SERVICE_NAME);
        return parts.length == PARTS_OF_SERVICE_NAME && parts[2].startsWith("svc.") ? parts[1] : "";
    }

    /** {@return the domain whose identities are the mesh's own; others may have namespaces and accounts of the same names} */
    String trustDomain() {
        return trustDomain;
    }

    /** {@return copies of a workload, and how many of them speak mutual TLS} */
    int[] copiesOf(String workloadId) {
        return copies.getOrDefault(workloadId, new int[2]);
    }

    /** {@return ids of the services that a workload is behind} */
    SortedSet<String> servicesOf(String workloadId) {
        return behind.getOrDefault(workloadId, Collections.emptySortedSet());
    }

    /** {@return whether a copy of a workload is at an address} */
    boolean isAt(String workloadId, String address) {
        return addresses.getOrDefault(workloadId, Set.of()).contains(address);
    }
}
