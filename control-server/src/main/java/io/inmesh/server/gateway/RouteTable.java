package io.inmesh.server.gateway;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.RuleOrder;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * All rules of one kind that speak for a service port, merged over routes and in the order they are tried.
 *
 * @param kind which kind of routes they come from
 * @param consumer whether they hold for clients of the routes' own namespace only
 * @param routes the routes, the oldest first
 * @param entries one for each match of each rule, the first to be tried first
 */
public record RouteTable(RouteKind kind, boolean consumer, List<GatewayRoute> routes, List<Entry> entries) {
    public RouteTable {
        routes = List.copyOf(routes);
        entries = List.copyOf(entries);
    }

    /**
     * One match of a rule.
     *
     * @param route the route it is from
     * @param rule the rule it is from
     * @param match where it is written; absent for a rule that matches everything
     */
    public record Entry(GatewayRoute route, RouteRule rule, Field match) {}

    static RouteTable of(RouteKind kind, boolean consumer, Collection<GatewayRoute> routes) {
        List<GatewayRoute> ordered =
                routes.stream().sorted(Precedence.OLDEST_ROUTE_FIRST).toList();
        List<Entry> entries = new ArrayList<>();
        for (GatewayRoute route : ordered) {
            for (RouteRule rule : route.rules()) {
                rule.matches().forEach(match -> entries.add(new Entry(route, rule, match)));
            }
        }
        // The sort is stable: what ties stays in the order of age, name, rule and match.
        entries.sort(kind == RouteKind.GRPC ? Precedence.GRPC : Precedence.HTTP);
        return new RouteTable(kind, consumer, ordered, entries);
    }

    /**
     * Whether these routes, rather than a VirtualService that names the same host, are obeyed. As in Istio: a VirtualService that is not
     * exported to everyone comes first, then consumer routes, then whichever is older.
     *
     * @param rule the VirtualService
     * @param exportedToAll whether every namespace sees it
     */
    public boolean beats(Resource rule, boolean exportedToAll) {
        return exportedToAll
                && (consumer || RuleOrder.OLDEST_FIRST.compare(routes.get(0).resource(), rule) < 0);
    }
}
