package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.RuleOrder;
import io.inmesh.server.semantic.References.RouteTo;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** DestinationRules as a whole: host, subsets, others for the same host, routes that need its subsets. */
final class DestinationRuleCheck {
    private DestinationRuleCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        String namespace = report.resource().key().namespace();
        if (!report.required(spec.get("host"))) {
            return;
        }
        String host = mesh.resolve(spec.get("host").text(), namespace);
        if (!mesh.coversService(host)) {
            report.add(
                    Check.UNKNOWN_HOST,
                    spec.get("host"),
                    "\"" + spec.get("host").text() + "\" (" + host
                            + ") is no service of the mesh: the rule has no effect");
        }
        TrafficPolicyCheck.check(report, spec.get("trafficPolicy"));
        subsets(report, spec);
        othersForSameHost(report, mesh, host);
        subsetsInUse(report, mesh, host);
        selectorStaysHome(report, spec);
    }

    private static void subsets(Report report, Field spec) {
        Set<String> names = new HashSet<>();
        for (Field subset : spec.get("subsets").items()) {
            if (report.required(subset.get("name"))
                    && !names.add(subset.get("name").text())) {
                report.add(
                        Check.DUPLICATE,
                        subset.get("name"),
                        "subset \"" + subset.get("name").text() + "\" is defined twice");
            }
            subset.get("labels").textMap().forEach((key, value) -> {
                if (key.isEmpty() || key.contains("*") || value.contains("*")) {
                    report.add(Check.BAD_VALUE, subset.get("labels"), "wildcards cannot be used in labels");
                }
            });
            TrafficPolicyCheck.check(report, subset.get("trafficPolicy"));
        }
    }

    private static void othersForSameHost(Report report, Mesh mesh, String host) {
        Resource mine = report.resource();
        Field mySelector = Field.spec(mine).get("workloadSelector");
        for (Resource other : mesh.references().rules("DestinationRule", host)) {
            Field spec = Field.spec(other);
            boolean sameHost = !other.key().equals(mine.key())
                    && other.key().namespace().equals(mine.key().namespace());
            if (sameHost && spec.get("workloadSelector").node().equals(mySelector.node())) {
                Resource first = RuleOrder.OLDEST_FIRST.compare(mine, other) < 0 ? mine : other;
                Resource holds = hasPolicy(first) || !hasPolicy(other) && !hasPolicy(mine)
                        ? first
                        : first == mine ? other : mine;
                report.add(
                        Check.RULES_MERGED,
                        "spec.host",
                        "is also the host of " + other.key() + "; subsets of both hold, but only the trafficPolicy of "
                                + holds.key());
                sameSubsets(report, other, first);
            }
        }
    }

    private static boolean hasPolicy(Resource rule) {
        return Field.spec(rule).get("trafficPolicy").present();
    }

    private static void sameSubsets(Report report, Resource other, Resource first) {
        Set<String> others = Field.spec(other).get("subsets").items().stream()
                .map(subset -> subset.get("name").text())
                .collect(Collectors.toSet());
        for (Field subset : Field.spec(report.resource()).get("subsets").items()) {
            if (others.contains(subset.get("name").text())) {
                report.add(
                        Check.SUBSET_CONFLICT,
                        subset.get("name"),
                        "subset \"" + subset.get("name").text() + "\" is also defined by " + other.key() + "; that of "
                                + first.key() + " holds");
            }
        }
    }

    /** A rule for some workloads is about those of its own namespace, so it can mean nothing elsewhere. */
    private static void selectorStaysHome(Report report, Field spec) {
        String home = report.resource().key().namespace();
        for (Field namespace : spec.get("exportTo").items()) {
            boolean elsewhere =
                    !namespace.text().equals(".") && !namespace.text().equals(home);
            if (spec.get("workloadSelector").present() && elsewhere) {
                report.add(
                        Check.EXCLUSIVE,
                        namespace,
                        "\"" + namespace.text()
                                + "\" and workloadSelector exclude each other: only \".\" goes with a selector");
            }
        }
    }

    /** Tells of routes that this rule leaves without their subset. */
    private static void subsetsInUse(Report report, Mesh mesh, String host) {
        Set<String> defined = mesh.subsets(host).orElseGet(TreeSet::new);
        for (RouteTo route : mesh.references().routesTo(host)) {
            if (!route.subset().isEmpty() && !defined.contains(route.subset())) {
                report.add(
                        Check.SUBSET_IN_USE,
                        "spec.subsets",
                        route.owner().key() + " routes to subset \"" + route.subset()
                                + "\", which is not defined: those calls answer 503");
            }
        }
    }
}
