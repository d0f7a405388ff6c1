package io.inmesh.server.translate;

import io.inmesh.server.rule.LocalityPolicy;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.service.Workload;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who calls as a client does: the workloads of its namespace with its application name. Envoy asks the same of its local cluster; there is
 * no other honest source, since a client sees its own calls only.
 */
final class Callers {
    private Callers() {}

    /** How many of them there are by place; empty if the client has no name or nothing is known of it. */
    static SortedMap<Locality, Long> of(ServiceIndex index, ClientContext client) {
        SortedMap<Locality, Long> places = new TreeMap<>();
        Optional<String> name = name(client.labels());
        if (name.isEmpty() || client.personality() != Personality.FULL) {
            return places;
        }
        Set<String> counted = new HashSet<>();
        for (MeshService service : index.all().values()) {
            for (Workload workload : service.workloads()) {
                boolean alike = workload.namespace().equals(client.namespace())
                        && name(workload.labels()).equals(name);
                if (alike && counted.add(workload.id())) {
                    places.merge(workload.locality(), 1L, Long::sum);
                }
            }
        }
        return places;
    }

    private static Optional<String> name(Map<String, String> labels) {
        return LocalityPolicy.APPLICATION_LABELS.stream()
                .filter(labels::containsKey)
                .map(labels::get)
                .findFirst();
    }
}
