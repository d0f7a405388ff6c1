package io.inmesh.server.translate;

import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.HostName;
import io.inmesh.server.service.MeshService;
import io.inmesh.xds.route.RouteAction.HashPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a route (or mirror) leads.
 *
 * @param cluster name of the cluster
 * @param hashPolicies how its load balancer wants requests hashed, in order; empty if it does not
 */
record RouteDestinations(String cluster, List<HashPolicy> hashPolicies) {

    /**
     * Resolves a {@code destination}. Without a port the only port of the service is meant, else the one being called. A host that is
     * no service gives a cluster that does not exist: calls fail rather than go astray.
     */
    static RouteDestinations resolve(ClientView view, String ruleNamespace, Field destination, int calledPort) {
        String host = HostName.resolve(
                destination.get("host").text(), ruleNamespace, view.settings().clusterDomain());
        @Nullable MeshService service = view.services().get(host);
        int port = destination.get("port").get("number").integer(0);
        if (port == 0) {
            port = service != null && service.ports().size() == 1
                    ? service.ports().get(0).number()
                    : calledPort;
        }
        return of(view, host, port, destination.get("subset").text());
    }

    /** Leads to all endpoints of a service port. */
    static RouteDestinations of(ClientView view, String host, int port) {
        return of(view, host, port, "");
    }

    private static RouteDestinations of(ClientView view, String host, int port, String subset) {
        @Nullable MeshService service = view.services().get(host);
        List<HashPolicy> hash =
                service == null ? List.of() : LoadBalancers.hashPolicies(view.balancing(service, subset, port));
        return new RouteDestinations(ClusterNames.outbound(port, subset, host), hash);
    }
}
