package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.HostName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** ServiceEntries. */
final class ServiceEntryCheck {
    private static final Set<String> DNS = Set.of("DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS");

    private ServiceEntryCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        hosts(report, mesh, spec);
        ports(report, spec);
        resolution(report, spec);
        report.exclusive(spec, "endpoints", "workloadSelector");
        spec.get("workloadSelector").get("labels").members().forEach((key, value) -> {
            if (key.contains("*") || value.text().contains("*")) {
                report.add(Check.BAD_VALUE, value, "wildcard is not supported in selector");
            }
        });
        for (Field endpoint : spec.get("endpoints").items()) {
            WorkloadEntryCheck.body(report, endpoint, spec.get("resolution").text());
        }
    }

    private static void hosts(Report report, Mesh mesh, Field spec) {
        if (spec.get("hosts").items().isEmpty()) {
            report.add(Check.REQUIRED, spec.get("hosts"), "is required");
        }
        for (Field host : spec.get("hosts").items()) {
            HttpTextCheck.authority(report, host);
            if (host.text().equals("*")) {
                report.add(Check.BAD_VALUE, host, "hostname cannot be wildcard \"*\"");
            } else if (HostName.wildcard(host.text())) {
                report.add(
                        Check.UNSUPPORTED_SERVICE,
                        host,
                        "\"" + host.text() + "\": services with wildcard hosts are not routed");
            } else {
                conflict(report, mesh, host);
            }
        }
    }

    private static void conflict(Report report, Mesh mesh, Field host) {
        Resource mine = report.resource();
        String fqdn = mesh.resolve(host.text(), mine.key().namespace());
        mesh.service(fqdn).map(service -> service.source()).ifPresent(owner -> {
            if (!owner.equals(mine.key()) && owner.kind().equals("ServiceEntry")) {
                report.add(
                        Check.SERVICE_CONFLICT,
                        host,
                        "\"" + host.text() + "\" is already defined by " + owner + ": this one has no effect");
            } else if (!owner.equals(mine.key())) {
                report.add(
                        Check.SERVICE_CONFLICT,
                        host,
                        "\"" + host.text() + "\" is " + owner + ": only subjectAltNames are taken from here");
            }
        });
    }

    private static void ports(Report report, Field spec) {
        Set<String> names = new HashSet<>();
        Set<Integer> numbers = new HashSet<>();
        for (Field port : spec.get("ports").items()) {
            report.port(port.get("number"));
            report.port(port.get("targetPort"));
            if (report.required(port.get("name")) && !names.add(port.get("name").text())) {
                report.add(
                        Check.DUPLICATE,
                        port.get("name"),
                        "Duplicate value: \"" + port.get("name").text() + "\"");
            }
            if (!numbers.add(port.get("number").integer(0))) {
                report.add(Check.DUPLICATE, port.get("number"), "port number cannot be duplicated");
            }
        }
    }

    private static void resolution(Report report, Field spec) {
        String resolution = spec.get("resolution").text("NONE");
        int endpoints = spec.get("endpoints").items().size();
        switch (resolution) {
            case "NONE" -> {
                if (endpoints > 0) {
                    report.add(Check.EXCLUSIVE, spec.get("endpoints"), "NONE mode cannot set endpoints");
                }
                report.add(
                        Check.UNSUPPORTED_SERVICE,
                        spec.get("resolution"),
                        "resolution NONE leaves nothing to route calls to");
            }
            case "DYNAMIC_DNS" ->
                report.add(
                        Check.UNSUPPORTED_SERVICE, spec.get("resolution"), "resolution DYNAMIC_DNS is not supported");
            case "DNS_ROUND_ROBIN" -> {
                if (endpoints > 1) {
                    report.add(
                            Check.EXCLUSIVE,
                            spec.get("endpoints"),
                            "DNS_ROUND_ROBIN mode cannot have multiple endpoints");
                }
            }
            case "STATIC" -> {
                if (endpoints == 0 && spec.get("workloadSelector").absent()) {
                    report.add(
                            Check.REQUIRED,
                            spec.get("endpoints"),
                            "resolution STATIC needs endpoints or a workloadSelector");
                }
            }
            default -> {}
        }
        List<String> addresses = spec.get("addresses").texts();
        if (DNS.contains(resolution) && addresses.stream().anyMatch(a -> a.contains("/"))) {
            report.add(
                    Check.BAD_VALUE,
                    spec.get("addresses"),
                    "CIDR addresses are allowed only for NONE/STATIC resolution types");
        }
    }
}
