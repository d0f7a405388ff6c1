package io.inmesh.server.semantic;

import io.inmesh.server.rule.Field;
import io.inmesh.server.service.CoreServices;
import io.inmesh.server.service.ServicePort;

/** Core Services: what of them the mesh cannot offer. */
final class ServiceCheck {
    private ServiceCheck() {}

    static void check(Report report) {
        Field spec = CoreServices.spec(report.resource());
        if (spec.get("type").text().equals("ExternalName")) {
            report.add(
                    Check.UNSUPPORTED_SERVICE,
                    spec.get("type"),
                    "ExternalName services are not routed; use a ServiceEntry");
            return;
        }
        if (spec.get("selector").members().isEmpty()) {
            report.add(
                    Check.UNSUPPORTED_SERVICE,
                    spec.get("selector"),
                    "without a selector the service has no endpoints; use a ServiceEntry with endpoints");
        }
        for (Field port : spec.get("ports").items()) {
            report.port(port.get("port"));
            ServicePort read = CoreServices.port(port);
            if (!read.protocol().routable()) {
                report.add(
                        Check.OPAQUE_PORT,
                        port,
                        "port " + read.number() + " speaks " + read.protocol() + ": calls to it are not routed");
            }
        }
    }
}
