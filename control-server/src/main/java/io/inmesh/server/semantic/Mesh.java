package io.inmesh.server.semantic;

import io.inmesh.server.gateway.GatewayRoutes;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.DestinationRules;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.HostName;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.rule.Rules;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.store.ConfigView;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** What a resource is judged against: the services and rules of one configuration. */
final class Mesh {
    private final ConfigView view;
    private final RuleSettings settings;
    private final Rules rules;
    private final ServiceIndex services;
    private final References references;
    private final GatewayRoutes gatewayRoutes;

    Mesh(ConfigView view, Collection<MeshService> discovered, RuleSettings settings) {
        this.view = view;
        this.settings = settings;
        this.rules = Rules.of(view, settings);
        this.services = ServiceIndex.of(view, List.of(), discovered, settings);
        this.references = new References(view, settings);
        this.gatewayRoutes = GatewayRoutes.of(view, services, settings);
    }

    ConfigView view() {
        return view;
    }

    RuleSettings settings() {
        return settings;
    }

    Rules rules() {
        return rules;
    }

    /** Who speaks about which host. */
    References references() {
        return references;
    }

    /** The routes of the Gateway API, with everything they refer to. */
    GatewayRoutes gatewayRoutes() {
        return gatewayRoutes;
    }

    /** The full name of {@code host} as a rule of {@code namespace} means it. */
    String resolve(String host, String namespace) {
        return HostName.resolve(host, namespace, settings.clusterDomain());
    }

    /** The service of that full name. */
    Optional<MeshService> service(String fqdn) {
        return services.find(fqdn);
    }

    /** Whether {@code host}, exact or wildcard, covers any service. */
    boolean coversService(String host) {
        return HostName.wildcard(host)
                ? services.all().keySet().stream().anyMatch(fqdn -> HostName.matches(host, fqdn))
                : services.find(host).isPresent();
    }

    /** Every subset any DestinationRule defines for a host; empty if no DestinationRule is about it. */
    Optional<SortedSet<String>> subsets(String fqdn) {
        DestinationRules destinationRules = rules.destinationRules();
        List<Resource> covering = destinationRules.covering(fqdn);
        if (covering.isEmpty()) {
            return Optional.empty();
        }
        SortedSet<String> names = new TreeSet<>();
        for (Resource rule : covering) {
            for (Field subset : Field.spec(rule).get("subsets").items()) {
                names.add(subset.get("name").text());
            }
        }
        return Optional.of(names);
    }
}
