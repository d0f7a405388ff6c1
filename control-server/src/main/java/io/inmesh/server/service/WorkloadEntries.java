package io.inmesh.server.service;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import java.util.HashMap;
import java.util.Map;

/** Reads WorkloadEntry bodies, as resources of their own and as inline endpoints of a ServiceEntry. */
final class WorkloadEntries {
    private WorkloadEntries() {}

    static Workload read(Resource resource) {
        Field spec = Field.spec(resource);
        Map<String, String> labels = new HashMap<>(resource.labels());
        labels.putAll(spec.get("labels").textMap());
        return read(spec, resource.key().namespace(), resource.key().name(), labels);
    }

    /** An inline endpoint, named after its ServiceEntry and place in it. */
    static Workload inline(Field endpoint, Resource owner, int position) {
        String name = owner.key().name() + "-" + position;
        return read(
                endpoint, owner.key().namespace(), name, endpoint.get("labels").textMap());
    }

    private static Workload read(Field spec, String namespace, String name, Map<String, String> labels) {
        Map<String, Integer> ports = new HashMap<>();
        spec.get("ports").members().forEach((port, number) -> ports.put(port, number.integer(0)));
        String locality = spec.get("locality").text();
        return new Workload(
                namespace,
                name,
                name,
                labels,
                spec.get("address").text(),
                ports,
                locality.isEmpty() ? Locality.UNKNOWN : Locality.parse(locality),
                spec.get("weight").node().asLong(1),
                spec.get("serviceAccount").text(),
                Health.HEALTHY,
                "istio".equals(labels.get(Workload.TLS_MODE_LABEL)));
    }
}
