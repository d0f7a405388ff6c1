package io.inmesh.server.gateway;

import io.inmesh.server.gateway.Attachment.Target;
import io.inmesh.server.model.Resource;
import io.inmesh.server.model.ResourceKey;
import io.inmesh.server.rule.RuleSettings;
import io.inmesh.server.service.ServiceIndex;
import io.inmesh.server.store.ConfigView;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * All HTTPRoutes and GRPCRoutes of one configuration, and which of them speak for a service port to whom. Immutable.
 *
 * <p>Routes in the namespace of a service (producer routes) hold for everyone; routes elsewhere (consumer routes) hold for clients of
 * their own namespace, in place of all producer routes. Routes of one group and kind are merged; where both kinds are attached to one
 * port, GRPCRoutes alone are obeyed.
 */
public final class GatewayRoutes {
    private static final String PRODUCER = "";

    /** A port of a service, by full host name. */
    private record ServicePortKey(String host, int port) {}

    private final Map<ResourceKey, GatewayRoute> routes = new LinkedHashMap<>();
    /** By consumer namespace; producer routes under the empty one. */
    private final Map<ServicePortKey, Map<String, RouteTable>> tables = new HashMap<>();
    /** HTTPRoutes that give way to GRPCRoutes, with the ports where they do. */
    private final Map<ResourceKey, Map<ServicePortKey, ResourceKey>> givenWay = new HashMap<>();

    private GatewayRoutes(Collection<GatewayRoute> all) {
        Map<ServicePortKey, Map<String, Set<GatewayRoute>>> attached = new HashMap<>();
        for (GatewayRoute route : all) {
            routes.put(route.resource().key(), route);
            for (Attachment attachment : route.attachments()) {
                for (Target target : attachment.targets()) {
                    attached.computeIfAbsent(key(target), k -> new TreeMap<>())
                            .computeIfAbsent(group(route, target), k -> new LinkedHashSet<>())
                            .add(route);
                }
            }
        }
        attached.forEach((port, groups) -> groups.forEach((group, members) ->
                tables.computeIfAbsent(port, k -> new HashMap<>()).put(group, table(port, group, members))));
    }

    /**
     * Looks up everything the routes of a configuration refer to.
     *
     * @param view the configuration
     * @param services its services; those behind them do not matter
     * @param settings what rules mean depends on these
     */
    public static GatewayRoutes of(ConfigView view, ServiceIndex services, RuleSettings settings) {
        ServiceDirectory directory = new ServiceDirectory(services, settings);
        List<GatewayRoute> all = new ArrayList<>();
        for (RouteKind kind : RouteKind.values()) {
            for (Resource resource : view.byKind(kind.kind())) {
                all.add(GatewayRoute.of(resource, directory));
            }
        }
        return new GatewayRoutes(all);
    }

    /** The route of that key. */
    public Optional<GatewayRoute> find(ResourceKey key) {
        return Optional.ofNullable(routes.get(key));
    }

    /** The rules that clients in {@code namespace} obey when they call a service port; empty if no route speaks for it to them. */
    public Optional<RouteTable> lookup(String namespace, String host, int port) {
        Map<String, RouteTable> groups = tables.getOrDefault(new ServicePortKey(host, port), Map.of());
        return Optional.ofNullable(groups.getOrDefault(namespace, groups.get(PRODUCER)));
    }

    /** Every group of routes that speaks for a service port. */
    public Collection<RouteTable> speakingFor(String host, int port) {
        return tables.getOrDefault(new ServicePortKey(host, port), Map.of()).values();
    }

    /** The GRPCRoute that a route gives way to on a port, if it does. */
    Optional<ResourceKey> winner(GatewayRoute route, Target target) {
        return Optional.ofNullable(
                givenWay.getOrDefault(route.resource().key(), Map.of()).get(key(target)));
    }

    private RouteTable table(ServicePortKey port, String group, Set<GatewayRoute> members) {
        List<GatewayRoute> grpc =
                members.stream().filter(r -> r.kind() == RouteKind.GRPC).toList();
        boolean consumer = !group.equals(PRODUCER);
        if (grpc.isEmpty()) {
            return RouteTable.of(RouteKind.HTTP, consumer, members);
        }
        RouteTable table = RouteTable.of(RouteKind.GRPC, consumer, grpc);
        ResourceKey oldest = table.routes().get(0).resource().key();
        for (GatewayRoute member : members) {
            if (member.kind() == RouteKind.HTTP) {
                givenWay.computeIfAbsent(member.resource().key(), k -> new HashMap<>())
                        .put(port, oldest);
            }
        }
        return table;
    }

    private static ServicePortKey key(Target target) {
        return new ServicePortKey(target.service().fqdn(), target.port().number());
    }

    private static String group(GatewayRoute route, Target target) {
        return route.namespace().equals(target.service().namespace()) ? PRODUCER : route.namespace();
    }
}
