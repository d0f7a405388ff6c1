package io.inmesh.server.service;

import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rule.ExportScope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A service callers name, and the workloads behind it.
 *
 * @param fqdn its full host name
 * @param name its short name: that of the core Service, or the host of a ServiceEntry
 * @param namespace where it is defined
 * @param kubernetes whether it is a core Service and thus has short names
 * @param external whether it runs outside of the mesh
 * @param ports the ports callers use
 * @param resolution how its endpoints are found
 * @param subjectAltNames names its servers may present beside those of their service accounts
 * @param scope who may see it
 * @param workloads the workloads behind it, sorted by namespace and id
 * @param source the resource that defines it, or would if another registry did not
 */
public record MeshService(
        String fqdn,
        String name,
        String namespace,
        boolean kubernetes,
        boolean external,
        List<ServicePort> ports,
        Resolution resolution,
        List<String> subjectAltNames,
        ExportScope scope,
        List<Workload> workloads,
        ResourceKey source) {

    /** The port of that number. A number may be that of two, as with HTTP/3 beside HTTP/2: then that of TCP is meant, which is what is routed. */
    public Optional<ServicePort> port(int number) {
        return ports.stream()
                .filter(p -> p.number() == number)
                .min(Comparator.comparing(p -> p.protocol() == Protocol.UDP));
    }

    /** Namespace and service account of every workload that speaks the mesh's mutual TLS or names its account, as {@code namespace/account}. */
    public SortedSet<String> serviceAccounts() {
        SortedSet<String> accounts = new TreeSet<>();
        for (Workload workload : workloads) {
            if (workload.meshTls() || !workload.serviceAccount().equals("default")) {
                accounts.add(workload.namespace() + "/" + workload.serviceAccount());
            }
        }
        return accounts;
    }

    /** This service with other workloads behind it. */
    MeshService withWorkloads(List<Workload> others) {
        return new MeshService(
                fqdn, name, namespace, kubernetes, external, ports, resolution, subjectAltNames, scope, others, source);
    }

    /** This service without the workloads behind it. */
    public MeshService withoutWorkloads() {
        return withWorkloads(List.of());
    }

    /**
     * This service with the endpoints of another beside its own. An endpoint that is where one of its own is already is the same one, known
     * from two sides, and not taken in; none is if this service does not list its endpoints.
     */
    public MeshService joinedBy(MeshService other) {
        if (resolution != Resolution.STATIC || other.workloads.isEmpty()) {
            return this;
        }
        Set<String> places = new HashSet<>();
        workloads.forEach(workload -> places.addAll(places(workload)));
        List<Workload> joined = new ArrayList<>(workloads);
        other.workloads.stream()
                .filter(workload -> Collections.disjoint(places, places(workload)))
                .forEach(joined::add);
        joined.sort(Workload.BY_ID);
        return withWorkloads(Collections.unmodifiableList(joined));
    }

    private Set<String> places(Workload workload) {
        Set<String> places = new HashSet<>();
        ports.forEach(
                port -> workload.portFor(port).ifPresent(number -> places.add(workload.address() + " " + number)));
        return places;
    }

    MeshService withSubjectAltNames(List<String> names) {
        return new MeshService(
                fqdn, name, namespace, kubernetes, external, ports, resolution, names, scope, workloads, source);
    }
}
