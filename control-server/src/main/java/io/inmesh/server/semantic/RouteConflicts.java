package io.inmesh.server.semantic;

import io.inmesh.server.gateway.Attachment;
import io.inmesh.server.gateway.Attachment.Target;
import io.inmesh.server.gateway.GatewayRoute;
import io.inmesh.server.gateway.RouteTable;
import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.ExportScope;
import io.inmesh.server.rule.Field;
import io.inmesh.server.service.MeshService;
import io.inmesh.server.service.ServicePort;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** VirtualServices and routes of the Gateway API for the very same host: clients obey one or the other, never both. */
final class RouteConflicts {
    private RouteConflicts() {}

    /** Tells a route of the VirtualServices for its parent. */
    static void ofRoute(Report report, Mesh mesh, GatewayRoute route, Attachment attachment) {
        Set<String> said = new HashSet<>();
        for (Target target : attachment.targets()) {
            String host = target.service().fqdn();
            for (RouteTable table :
                    mesh.gatewayRoutes().speakingFor(host, target.port().number())) {
                if (!table.routes().contains(route)) {
                    continue;
                }
                for (Resource rule : mesh.references().virtualServices(host)) {
                    if (scope(rule).visibleFrom(route.namespace())) {
                        say(report, attachment.ref(), host, rule, table, rule, said);
                    }
                }
            }
        }
    }

    /** Tells a VirtualService of the routes for one of its hosts. */
    static void ofVirtualService(Report report, Mesh mesh, Field host, String fqdn) {
        Optional<MeshService> service = mesh.service(fqdn);
        if (service.isEmpty()) {
            return;
        }
        Resource rule = report.resource();
        Set<String> said = new HashSet<>();
        for (ServicePort port : service.get().ports()) {
            for (RouteTable table : mesh.gatewayRoutes().speakingFor(fqdn, port.number())) {
                GatewayRoute oldest = table.routes().get(0);
                if (!table.consumer() || scope(rule).visibleFrom(oldest.namespace())) {
                    say(report, host, fqdn, oldest.resource(), table, rule, said);
                }
            }
        }
    }

    private static void say(
            Report report,
            Field place,
            String host,
            Resource other,
            RouteTable table,
            Resource rule,
            Set<String> said) {
        Resource winner = table.beats(rule, scope(rule).everywhere())
                ? table.routes().get(0).resource()
                : rule;
        String message = other.key() + " routes " + host + " too; clients that see both obey only " + winner.key();
        if (said.add(message)) {
            report.add(Check.ROUTE_CONFLICT, place, message);
        }
    }

    private static ExportScope scope(Resource rule) {
        return ExportScope.of(rule.key().namespace(), Field.spec(rule).get("exportTo"));
    }
}
