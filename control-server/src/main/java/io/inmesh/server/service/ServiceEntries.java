package io.inmesh.server.service;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.ExportScope;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.HostName;
import io.inmesh.server.rule.LabelSelector;
import io.inmesh.server.rule.RuleSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code ServiceEntry} resources: one service per host. Wildcard hosts and resolution NONE give none (the validator reports them). */
final class ServiceEntries {
    private ServiceEntries() {}

    static List<MeshService> read(Resource resource, RuleSettings settings) {
        Field spec = Field.spec(resource);
        Resolution resolution = resolution(spec.get("resolution").text());
        if (resolution == Resolution.NONE) {
            return List.of();
        }
        String namespace = resource.key().namespace();
        List<ServicePort> ports =
                spec.get("ports").items().stream().map(ServiceEntries::port).toList();
        List<MeshService> services = new ArrayList<>();
        for (String host : spec.get("hosts").texts()) {
            if (HostName.wildcard(host)) {
                continue;
            }
            String fqdn = HostName.resolve(host, namespace, settings.clusterDomain());
            services.add(new MeshService(
                    fqdn,
                    fqdn,
                    namespace,
                    false,
                    !spec.get("location").text().equals("MESH_INTERNAL"),
                    ports,
                    resolution,
                    spec.get("subjectAltNames").texts(),
                    ExportScope.of(namespace, spec.get("exportTo")),
                    endpoints(resource, spec, fqdn, resolution),
                    resource.key()));
        }
        return services;
    }

    /** Which workloads it takes in, if it asks for any beside its inline endpoints. */
    static Optional<LabelSelector> selector(Resource resource) {
        Field selector = Field.spec(resource).get("workloadSelector");
        return selector.present()
                ? Optional.of(new LabelSelector(selector.get("labels").textMap()))
                : Optional.empty();
    }

    private static List<Workload> endpoints(Resource resource, Field spec, String fqdn, Resolution resolution) {
        List<Workload> endpoints = new ArrayList<>();
        for (Field endpoint : spec.get("endpoints").items()) {
            endpoints.add(WorkloadEntries.inline(endpoint, resource, endpoints.size()));
        }
        if (endpoints.isEmpty() && resolution != Resolution.STATIC) {
            endpoints.add(new Workload(
                    resource.key().namespace(),
                    resource.key().name(),
                    resource.key().name(),
                    Map.of(),
                    fqdn,
                    Map.of(),
                    Locality.UNKNOWN,
                    1,
                    "",
                    Health.HEALTHY,
                    false));
        }
        return endpoints;
    }

    private static Resolution resolution(String text) {
        return switch (text) {
            case "STATIC" -> Resolution.STATIC;
            case "DNS" -> Resolution.DNS;
            case "DNS_ROUND_ROBIN" -> Resolution.DNS_ROUND_ROBIN;
            default -> Resolution.NONE;
        };
    }

    private static ServicePort port(Field port) {
        return new ServicePort(
                port.get("number").integer(0),
                port.get("name").text(),
                Protocol.parse(port.get("protocol").text(), Protocol.TCP),
                port.get("targetPort").text());
    }
}
