package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.ExportScope;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.RuleOrder;
import io.inmesh.server.rule.VirtualServiceRule;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** VirtualServices as a whole: hosts, gateways, conflicts with others, the order of rules. */
final class VirtualServiceCheck {
    /** Private rules before exported ones before public ones; the oldest first among equals. */
    private static final Comparator<Resource> FIRST_WINS =
            Comparator.comparing(VirtualServiceCheck::reach).thenComparing(RuleOrder.OLDEST_FIRST);

    private VirtualServiceCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        if (!VirtualServiceRule.appliesToMesh(spec.get("gateways"))) {
            report.add(
                    Check.GATEWAY_ONLY,
                    spec.get("gateways"),
                    "applies to gateways only; Inmesh does no ingress, so it is stored without effect");
            return;
        }
        boolean delegate = spec.get("hosts").items().isEmpty();
        if (delegate) {
            delegateBody(report, spec);
        } else {
            hosts(report, mesh, spec);
            conflicts(report, mesh, spec);
        }
        boolean otherRoutes =
                !spec.get("tls").items().isEmpty() || !spec.get("tcp").items().isEmpty();
        if (spec.get("http").items().isEmpty() && !otherRoutes) {
            report.add(Check.REQUIRED, spec.get("http"), "needs at least one route");
        }
        boolean caughtAll = false;
        for (Field http : spec.get("http").items()) {
            if (caughtAll) {
                report.add(
                        Check.UNREACHABLE, http, "can never be reached: an earlier rule already matches every request");
            }
            HttpRouteCheck.check(report, mesh, http, delegate);
            caughtAll |= MatchCheck.catchesAll(http);
        }
    }

    private static void delegateBody(Report report, Field spec) {
        for (String field : List.of("gateways", "tls", "tcp")) {
            if (!spec.get(field).items().isEmpty()) {
                report.add(Check.EXCLUSIVE, spec.get(field), "cannot be set without hosts: that makes it a delegate");
            }
        }
    }

    private static void hosts(Report report, Mesh mesh, Field spec) {
        Set<String> seen = new HashSet<>();
        for (Field host : spec.get("hosts").items()) {
            HttpTextCheck.authority(report, host);
            String fqdn = mesh.resolve(host.text(), report.resource().key().namespace());
            if (host.text().equals("*")) {
                report.add(Check.WILDCARD_HOST, host, "\"*\" cannot be a host inside the mesh");
            } else if (fqdn.indexOf('*') > 0 || fqdn.lastIndexOf('*') > 0) {
                report.add(Check.BAD_VALUE, host, "\"" + host.text() + "\": a star may only stand at the start");
            } else if (!seen.add(fqdn)) {
                report.add(Check.DUPLICATE, host, "\"" + host.text() + "\" stands here twice, as " + fqdn);
            } else if (!mesh.coversService(fqdn)) {
                report.add(
                        Check.UNKNOWN_HOST,
                        host,
                        "\"" + host.text() + "\" (" + fqdn
                                + ") is no service of the mesh, so it is heard on port 80 only");
            }
        }
    }

    /** Tells of other VirtualServices that are seen by the same clients and name the same host: they are not merged. */
    private static void conflicts(Report report, Mesh mesh, Field spec) {
        Resource mine = report.resource();
        for (Field host : spec.get("hosts").items()) {
            String fqdn = mesh.resolve(host.text(), mine.key().namespace());
            RouteConflicts.ofVirtualService(report, mesh, host, fqdn);
            for (Resource other : mesh.references().virtualServices(fqdn)) {
                if (!other.key().equals(mine.key()) && overlap(mine, other)) {
                    Resource winner = FIRST_WINS.compare(mine, other) < 0 ? mine : other;
                    report.add(
                            Check.HOST_CONFLICT,
                            host,
                            "\"" + host.text() + "\" is also a host of " + other.key()
                                    + "; clients that see both obey only " + winner.key());
                }
            }
        }
    }

    private static boolean overlap(Resource mine, Resource other) {
        ExportScope myScope = scope(mine);
        ExportScope otherScope = scope(other);
        if (myScope.everywhere() == otherScope.everywhere()) {
            return myScope.everywhere()
                    || myScope.visibleFrom(other.key().namespace())
                    || otherScope.visibleFrom(mine.key().namespace());
        }
        // A rule for chosen namespaces is to win over a public one, except where the owner of the public one would not
        // expect it.
        Resource everyones = myScope.everywhere() ? mine : other;
        ExportScope narrow = myScope.everywhere() ? otherScope : myScope;
        return mine.key().namespace().equals(other.key().namespace())
                || narrow.visibleFrom(everyones.key().namespace());
    }

    private static int reach(Resource resource) {
        ExportScope scope = scope(resource);
        if (scope.everywhere()) {
            return 2;
        }
        return scope.ownerOnly() ? 0 : 1;
    }

    private static ExportScope scope(Resource resource) {
        return ExportScope.of(resource.key().namespace(), Field.spec(resource).get("exportTo"));
    }
}
