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
            targetPort(report, port.get("targetPort"));
            ServicePort read = CoreServices.port(port);
            if (!read.protocol().routable()) {
                report.add(
                        Check.OPAQUE_PORT,
                        port,
                        "port " + read.number() + " speaks " + read.protocol() + ": calls to it are not routed");
            }
        }
    }

    /** A number, also one in quotes, or the name of a port of the endpoints; absent is fine. */
    private static void targetPort(Report report, Field target) {
        String text = target.text();
        if (target.decimal().isPresent()) {
            report.port(target);
        } else if (!text.isEmpty() && text.chars().allMatch(Character::isDigit)) {
            int number = text.length() > 5 ? 0 : Integer.parseInt(text);
            if (number < 1 || number > 65535) {
                report.add(Check.BAD_VALUE, target, "\"" + text + "\" is not between 1 and 65535");
            }
        }
    }
}
