package io.inmesh.server.translate;

import io.inmesh.server.gateway.GatewayRoutes;
import io.inmesh.server.gateway.RouteTable;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.DestinationRuleSet;
import io.inmesh.server.rule.ExportScope;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.HostName;
import io.inmesh.server.rule.HostTable;
import io.inmesh.server.rule.LocalityPolicy;
import io.inmesh.server.rule.LocalityPolicy.Kind;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.rule.Rules;
import io.inmesh.server.rule.TrafficPolicy;
import io.inmesh.server.rule.VirtualServiceRule;
import io.inmesh.server.service.Locality;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.service.ServicePort;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The mesh as clients of one kind see it: visible services, the VirtualService and DestinationRules in force for each. One thread. */
final class ClientView {
    private final Rules rules;
    private final GatewayRoutes gatewayRoutes;
    private final ClientContext client;
    private final Map<String, MeshService> services = new LinkedHashMap<>();
    private final ServiceIndex index;
    private @Nullable SortedMap<Locality, Long> callers;
    private final HostTable<VirtualServiceRule> virtualServices;
    private final Map<String, VirtualServiceRule> hostsWithoutService;
    private final Map<String, Optional<DestinationRuleSet>> destinationRules = new HashMap<>();

    ClientView(Rules rules, GatewayRoutes gatewayRoutes, ServiceIndex index, ClientContext client) {
        this.index = index;
        this.rules = rules;
        this.gatewayRoutes = gatewayRoutes;
        this.client = client;
        index.visibleFrom(client.namespace()).forEach(s -> services.put(s.fqdn(), s));
        this.virtualServices = new HostTable<>(rules.virtualServices().byHost(client.namespace()));
        this.hostsWithoutService = unknownHosts();
    }

    ClientContext client() {
        return client;
    }

    RuleSettings settings() {
        return rules.settings();
    }

    Rules rules() {
        return rules;
    }

    /** Visible services by full host name, sorted. */
    Map<String, MeshService> services() {
        return services;
    }

    /** The VirtualService that speaks for {@code host}: one that names it, else the one with the most specific wildcard. */
    Optional<VirtualServiceRule> virtualServiceFor(String host) {
        return virtualServices.find(host);
    }

    /** The HTTPRoutes or GRPCRoutes this client obeys on a service port, unless a VirtualService for the very host comes before them. */
    Optional<RouteTable> attachedRoutes(MeshService service, ServicePort port) {
        return gatewayRoutes
                .lookup(client.namespace(), service.fqdn(), port.number())
                .filter(table -> virtualServiceFor(service.fqdn())
                        .filter(rule -> rule.hosts().contains(service.fqdn()))
                        .map(VirtualServiceRule::resource)
                        .map(rule -> table.beats(
                                rule,
                                ExportScope.of(
                                                rule.key().namespace(),
                                                Field.spec(rule).get("exportTo"))
                                        .everywhere()))
                        .orElse(true));
    }

    /** Hosts of VirtualServices that cover no visible service, with the rule that keeps each. */
    Map<String, VirtualServiceRule> hostsWithoutService() {
        return hostsWithoutService;
    }

    private Map<String, VirtualServiceRule> unknownHosts() {
        Map<String, VirtualServiceRule> hosts = new LinkedHashMap<>();
        virtualServices.all().forEach((host, rule) -> {
            boolean known = HostName.wildcard(host)
                    ? services.keySet().stream().anyMatch(fqdn -> HostName.matches(host, fqdn))
                    : services.containsKey(host);
            if (!known) {
                hosts.put(host, rule);
            }
        });
        return hosts;
    }

    /** The DestinationRules in force for a service. */
    Optional<DestinationRuleSet> destinationRules(MeshService service) {
        return destinationRules.computeIfAbsent(
                service.fqdn(),
                fqdn -> rules.destinationRules()
                        .lookup(client.namespace(), client.labels(), fqdn, service.namespace()));
    }

    /** The policy in force for a cluster; defaults if there is no rule. */
    TrafficPolicy policy(MeshService service, String subset, int port) {
        return destinationRules(service).map(rule -> rule.policy(subset, port)).orElse(TrafficPolicy.DEFAULTS);
    }

    /** What the policy in force says about the places of endpoints. */
    LocalityPolicy localityPolicy(MeshService service, String subset, int port) {
        return LocalityPolicy.of(policy(service, subset, port));
    }

    /** How the endpoints of a cluster are ordered for this client. */
    Placement placement(MeshService service, String subset, int port) {
        LocalityPolicy policy = localityPolicy(service, subset, port);
        return placement(service, policy, policy.kind() == Kind.ZONE_AWARE ? callers() : new TreeMap<>());
    }

    /** The same for endpoints that are part of the cluster itself, which lives on while callers come and go. */
    Placement embeddedPlacement(MeshService service, String subset, int port) {
        return placement(service, localityPolicy(service, subset, port), new TreeMap<>());
    }

    private Placement placement(MeshService service, LocalityPolicy policy, SortedMap<Locality, Long> callers) {
        Field spread = BackendPolicy.of(backendTrafficPolicy(service)).spread();
        return Placement.of(policy, client, callers)
                .spillingAt(spread.get("overprovisioningPercent").integer(0));
    }

    private SortedMap<Locality, Long> callers() {
        SortedMap<Locality, Long> known = callers;
        if (known == null) {
            known = Callers.of(index, client);
            callers = known;
        }
        return known;
    }

    /** The BackendTrafficPolicy in force for a service. */
    Optional<Resource> backendTrafficPolicy(MeshService service) {
        return rules.backendTrafficPolicies().lookup(client.namespace(), service.fqdn(), service.namespace());
    }

    /** How a cluster chooses among its endpoints. */
    Balancing balancing(MeshService service, String subset, int port) {
        Field policy = backendTrafficPolicy(service)
                .map(resource -> Field.spec(resource).get("loadBalancer"))
                .orElse(Field.ABSENT);
        return new Balancing(policy(service, subset, port).loadBalancer(), policy);
    }

    /** The empty subset (all endpoints) and every subset defined for a service. */
    List<String> subsets(MeshService service) {
        Set<String> named =
                destinationRules(service).map(rule -> rule.subsets().keySet()).orElse(Set.of());
        return Stream.concat(Stream.of(""), named.stream()).toList();
    }

    /** Numbers of all ports on which requests can be routed. */
    SortedSet<Integer> routablePorts() {
        SortedSet<Integer> ports = new TreeSet<>();
        services.values()
                .forEach(s ->
                        s.ports().stream().filter(p -> p.protocol().routable()).forEach(p -> ports.add(p.number())));
        if (!hostsWithoutService().isEmpty()) {
            ports.add(VirtualHosts.PORT_OF_UNKNOWN_HOSTS);
        }
        return ports;
    }
}
