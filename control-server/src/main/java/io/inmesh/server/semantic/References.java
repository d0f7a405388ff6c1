package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.HostName;
import io.inmesh.server.rule.LabelSelector;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.rule.VirtualServiceRule;
import io.inmesh.server.store.ConfigView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who speaks about which host, of one configuration. Each table is made when first asked for, so that judging many resources against each other takes time
 * in proportion to their number. One thread.
 */
final class References {
    private final ConfigView view;
    private final RuleSettings settings;
    private final Map<String, Map<String, List<Resource>>> byKindAndHost = new HashMap<>();
    private final Map<String, Map<String, List<Selecting>>> byKindAndNamespace = new HashMap<>();
    private final Map<String, List<RouteTo>> routes = new HashMap<>();
    private boolean routesKnown;

    /**
     * A route that leads to a host.
     *
     * @param owner the VirtualService
     * @param subset the subset it leads to, empty for none
     */
    record RouteTo(Resource owner, String subset) {}

    /**
     * A resource that is about some workloads of its namespace.
     *
     * @param resource the resource
     * @param selector which workloads
     */
    record Selecting(Resource resource, LabelSelector selector) {}

    References(ConfigView view, RuleSettings settings) {
        this.view = view;
        this.settings = settings;
    }

    /** {@return VirtualServices that name a host for calls inside the mesh, in the order of the configuration} */
    List<Resource> virtualServices(String fqdn) {
        return table("VirtualService").getOrDefault(fqdn, List.of());
    }

    /** {@return resources of a kind whose {@code spec.host} is this one, in the order of the configuration} */
    List<Resource> rules(String kind, String fqdn) {
        return table(kind).getOrDefault(fqdn, List.of());
    }

    /** {@return resources of a kind with a {@code spec.selector}, of one namespace, in the order of the configuration} */
    List<Selecting> selecting(String kind, String namespace) {
        return byKindAndNamespace.computeIfAbsent(kind, this::collectSelecting).getOrDefault(namespace, List.of());
    }

    /** {@return routes of all VirtualServices that lead to a host} */
    List<RouteTo> routesTo(String fqdn) {
        if (!routesKnown) {
            view.byKind("VirtualService").forEach(this::collectRoutes);
            routesKnown = true;
        }
        return routes.getOrDefault(fqdn, List.of());
    }

    private Map<String, List<Resource>> table(String kind) {
        return byKindAndHost.computeIfAbsent(kind, this::collect);
    }

    private Map<String, List<Resource>> collect(String kind) {
        Map<String, List<Resource>> table = new HashMap<>();
        for (Resource resource : view.byKind(kind)) {
            for (String host : hosts(resource)) {
                table.computeIfAbsent(host, h -> new ArrayList<>()).add(resource);
            }
        }
        return table;
    }

    private Map<String, List<Selecting>> collectSelecting(String kind) {
        Map<String, List<Selecting>> table = new HashMap<>();
        for (Resource resource : view.byKind(kind)) {
            LabelSelector selector =
                    LabelSelector.ofMatchLabels(Field.spec(resource).get("selector"));
            table.computeIfAbsent(resource.key().namespace(), n -> new ArrayList<>())
                    .add(new Selecting(resource, selector));
        }
        return table;
    }

    private Set<String> hosts(Resource resource) {
        Field spec = Field.spec(resource);
        if (!resource.key().kind().equals("VirtualService")) {
            return Set.of(resolve(spec.get("host").text(), resource));
        }
        Set<String> hosts = new LinkedHashSet<>();
        if (VirtualServiceRule.appliesToMesh(spec.get("gateways"))) {
            spec.get("hosts").texts().forEach(host -> hosts.add(resolve(host, resource)));
        }
        return hosts;
    }

    private void collectRoutes(Resource virtualService) {
        for (Field http : Field.spec(virtualService).get("http").items()) {
            for (Field route : http.get("route").items()) {
                Field destination = route.get("destination");
                routes.computeIfAbsent(resolve(destination.get("host").text(), virtualService), h -> new ArrayList<>())
                        .add(new RouteTo(
                                virtualService, destination.get("subset").text()));
            }
        }
    }

    private String resolve(String host, Resource resource) {
        return HostName.resolve(host, resource.key().namespace(), settings.clusterDomain());
    }
}
