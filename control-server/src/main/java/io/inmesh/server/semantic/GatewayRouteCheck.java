package io.inmesh.server.semantic;

import io.inmesh.server.gateway.Attachment;
import io.inmesh.server.gateway.Backend;
import io.inmesh.server.gateway.GatewayRoute;
import io.inmesh.server.gateway.GatewayRoutes;
import io.inmesh.server.gateway.RouteKind;
import io.inmesh.server.gateway.RouteStatus;
import io.inmesh.server.rule.Field;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** HTTPRoutes and GRPCRoutes as a whole: parents, names, what they refer to, conflicts with others. */
final class GatewayRouteCheck {
    private static final int MOST_RULES = 16;
    private static final int MOST_MATCHES = 128;
    private static final int MOST_MATCHES_OF_A_RULE = 64;
    private static final int MOST_PARENTS = 32;

    private GatewayRouteCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        GatewayFields.most(report, spec.get("hostnames"), GatewayFields.MOST_ENTRIES);
        spec.get("hostnames").items().forEach(host -> GatewayFields.hostname(report, host, true));
        parentRefs(report, spec.get("parentRefs"));
        rules(report, spec.get("rules"));
        Optional<GatewayRoute> route =
                mesh.gatewayRoutes().find(report.resource().key());
        route.ifPresent(known -> {
            references(report, known);
            parents(report, mesh, known);
        });
    }

    private static void parentRefs(Report report, Field parentRefs) {
        GatewayFields.most(report, parentRefs, MOST_PARENTS);
        if (parentRefs.items().isEmpty()) {
            report.add(Check.PARENT_NOT_SERVED, parentRefs, "names no parent, so the route applies to nothing");
        }
        Set<String> exact = new HashSet<>();
        Set<String> whole = new HashSet<>();
        Set<String> sections = new HashSet<>();
        for (Field ref : parentRefs.items()) {
            GatewayFields.reference(report, ref);
            String parent = ref.get("group").text("(gateway)") + "/"
                    + ref.get("kind").text("Gateway") + "/"
                    + ref.get("namespace").text() + "/" + ref.get("name").text();
            String section = ref.get("sectionName").text();
            String port = ref.get("port").text();
            if (!section.isEmpty()) {
                GatewayFields.dnsName(report, ref.get("sectionName"));
            }
            if (!exact.add(parent + "/" + section + "/" + port)) {
                report.add(Check.DUPLICATE, ref, "refers to the same parent as an earlier entry");
            }
            (section.isEmpty() && port.isEmpty() ? whole : sections).add(parent);
        }
        Set<String> both = new HashSet<>(whole);
        both.retainAll(sections);
        both.forEach(parent -> report.add(
                Check.EXCLUSIVE,
                parentRefs,
                "a parent that is referred to several times needs a sectionName or port each time"));
    }

    private static void rules(Report report, Field rules) {
        GatewayFields.most(report, rules, MOST_RULES);
        Set<String> names = new HashSet<>();
        int matches = 0;
        RouteKind kind = report.resource().key().kind().equals(RouteKind.GRPC.kind()) ? RouteKind.GRPC : RouteKind.HTTP;
        for (Field rule : rules.items()) {
            String name = rule.get("name").text();
            if (!name.isEmpty()) {
                GatewayFields.dnsName(report, rule.get("name"));
                if (!names.add(name)) {
                    report.add(Check.DUPLICATE, rule.get("name"), "\"" + name + "\" is the name of an earlier rule");
                }
            }
            GatewayFields.most(report, rule.get("matches"), MOST_MATCHES_OF_A_RULE);
            matches += rule.get("matches").items().size();
            GatewayRuleCheck.check(report, rule, kind);
        }
        if (matches > MOST_MATCHES) {
            report.add(Check.BAD_VALUE, rules, "there are " + matches + " matches, more than " + MOST_MATCHES);
        }
    }

    private static void references(Report report, GatewayRoute route) {
        route.rules().forEach(rule -> {
            rule.backends()
                    .forEach(backend -> reference(
                            report,
                            backend,
                            "requests drawn to it answer " + (route.kind() == RouteKind.GRPC ? "UNAVAILABLE" : "500")));
            rule.mirrors().forEach(backend -> reference(report, backend, "nothing is mirrored there"));
            rule.unsupported()
                    .forEach(filter -> report.add(
                            Check.UNSUPPORTED_FILTER,
                            filter,
                            "a filter of type " + filter.get("type").text()
                                    + " cannot be carried out here, so the whole rule answers with an error"));
        });
    }

    private static void reference(Report report, Backend backend, String effect) {
        backend.unresolved()
                .ifPresent(why -> report.add(
                        Check.UNRESOLVED_BACKEND, backend.ref(), why.message() + "; until it does, " + effect));
    }

    private static void parents(Report report, Mesh mesh, GatewayRoute route) {
        GatewayRoutes all = mesh.gatewayRoutes();
        List<RouteStatus.Parent> status = RouteStatus.of(route, all).parents();
        for (int i = 0; i < route.attachments().size(); i++) {
            Attachment attachment = route.attachments().get(i);
            RouteStatus.Condition accepted = status.get(i).conditions().get(0);
            if (attachment.refusal().isPresent()) {
                boolean unknown = accepted.reason().equals(Attachment.Refusal.NO_MATCHING_PARENT);
                report.add(
                        unknown ? Check.UNKNOWN_PARENT : Check.PARENT_NOT_SERVED, attachment.ref(), accepted.message());
            } else if (!accepted.message().equals(RouteStatus.IN_FORCE)) {
                report.add(Check.ROUTE_CONFLICT, attachment.ref(), accepted.message());
            }
            RouteConflicts.ofRoute(report, mesh, route, attachment);
        }
    }
}
