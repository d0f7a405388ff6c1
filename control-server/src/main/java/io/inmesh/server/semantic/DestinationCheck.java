package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.service.MeshService;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;

/** Where routes and mirrors lead: weights, hosts, ports, subsets. */
final class DestinationCheck {
    private DestinationCheck() {}

    static void destinations(Report report, Mesh mesh, Field http) {
        List<Field> routes = http.get("route").items();
        long total = 0;
        for (Field route : routes) {
            Field weight = route.get("weight");
            report.notNegative(weight);
            total += Math.max(0, weight.node().asLong(0));
            destination(report, mesh, route.get("destination"));
        }
        if (routes.size() > 1 && total == 0) {
            report.add(Check.WEIGHTS_ZERO, http.get("route"), "the weights of its destinations add up to zero");
        }
        if (total > 0xFFFF_FFFFL) {
            report.add(Check.BAD_VALUE, http.get("route"), "the weights add up to " + total + ", above 4294967295");
        }
    }

    static void mirrors(Report report, Mesh mesh, Field http) {
        report.exclusive(http, "mirror", "mirrors");
        if (http.get("mirror").present()) {
            destination(report, mesh, http.get("mirror"));
        }
        report.range(http.get("mirrorPercentage").get("value"), 0, 100);
        report.range(http.get("mirrorPercent"), 0, 100);
        for (Field mirror : http.get("mirrors").items()) {
            destination(report, mesh, mirror.get("destination"));
            report.range(mirror.get("percentage").get("value"), 0, 100);
        }
    }

    private static void destination(Report report, Mesh mesh, Field destination) {
        Field host = destination.get("host");
        if (!report.required(host)) {
            return;
        }
        String fqdn = mesh.resolve(host.text(), report.resource().key().namespace());
        if (fqdn.contains("*")) {
            report.add(Check.BAD_VALUE, host, "\"" + host.text() + "\" is a wildcard; a destination is one service");
            return;
        }
        Optional<MeshService> service = mesh.service(fqdn);
        if (service.isEmpty()) {
            report.add(
                    Check.UNKNOWN_HOST,
                    host,
                    "\"" + host.text() + "\" (" + fqdn
                            + ") is no service of the mesh: calls there answer 503 until it is");
        }
        Field port = destination.get("port").get("number");
        report.port(port);
        if (port.present()
                && service.isPresent()
                && service.get().port(port.integer(0)).isEmpty()) {
            report.add(
                    Check.UNKNOWN_PORT,
                    port,
                    fqdn + " has no port " + port.text() + ", only "
                            + service.get().ports().stream()
                                    .map(p -> Integer.toString(p.number()))
                                    .toList());
        }
        subset(report, mesh, destination.get("subset"), fqdn);
    }

    private static void subset(Report report, Mesh mesh, Field subset, String fqdn) {
        if (subset.text().isEmpty()) {
            return;
        }
        Optional<SortedSet<String>> known = mesh.subsets(fqdn);
        if (known.isEmpty()) {
            report.add(
                    Check.SUBSET_WITHOUT_RULE,
                    subset,
                    "no DestinationRule for " + fqdn + " defines subset \"" + subset.text()
                            + "\": calls there answer 503 until one does");
        } else if (!known.get().contains(subset.text())) {
            report.add(
                    Check.UNKNOWN_SUBSET,
                    subset,
                    "subset \"" + subset.text() + "\" of " + fqdn + " is not defined; known subsets: "
                            + (known.get().isEmpty() ? "none" : String.join(", ", known.get())));
        }
    }
}
