package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.IpAddresses;

/** WorkloadEntries, and endpoints of ServiceEntries, which have the same shape. */
final class WorkloadEntryCheck {
    private WorkloadEntryCheck() {}

    static void check(Report report) {
        Field spec = Field.spec(report.resource());
        body(report, spec, "");
        String address = spec.get("address").text();
        if (!address.isEmpty() && !address.startsWith("unix:") && !IpAddresses.valid(address)) {
            report.add(
                    Check.NAMED_WORKLOAD,
                    spec.get("address"),
                    "\"" + address
                            + "\" is no IP address: Services, and ServiceEntries with resolution STATIC, leave it out");
        }
    }

    /** Judges the body; {@code resolution} is that of the ServiceEntry around it, empty if there is none. */
    static void body(Report report, Field body, String resolution) {
        Field address = body.get("address");
        if (address.text().isEmpty() && body.get("network").absent()) {
            report.add(Check.REQUIRED, address, "is required");
        } else if (address.text().startsWith("unix:")) {
            report.add(Check.UNSUPPORTED_SERVICE, address, "Unix domain sockets are not supported");
        } else if (resolution.equals("STATIC") && !IpAddresses.valid(address.text())) {
            report.add(
                    Check.BAD_VALUE,
                    address,
                    "\"" + address.text() + "\" is no IP address; with resolution STATIC it has to be one");
        }
        body.get("ports").members().values().forEach(report::port);
        report.notNegative(body.get("weight"));
    }
}
