package io.inmesh.server.gateway;

import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rule.HostName;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServiceIndex;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Services by the resource that defines them. */
final class ServiceDirectory {
    private final Map<ResourceKey, List<MeshService>> bySource = new HashMap<>();
    private final ServiceIndex services;
    private final RuleSettings settings;

    ServiceDirectory(ServiceIndex services, RuleSettings settings) {
        this.services = services;
        this.settings = settings;
        services.all()
                .values()
                .forEach(service -> bySource.computeIfAbsent(service.source(), key -> new ArrayList<>())
                        .add(service));
    }

    /** The services a resource defines: one for a core Service, one per host of a ServiceEntry, none if it does not exist. */
    List<MeshService> definedBy(String group, String kind, String namespace, String name) {
        return bySource.getOrDefault(new ResourceKey(group, kind, namespace, name), List.of());
    }

    /** The service of that host name, short names being those of {@code namespace}. */
    Optional<MeshService> named(String host, String namespace) {
        return services.find(HostName.resolve(host, namespace, settings.clusterDomain()));
    }
}
