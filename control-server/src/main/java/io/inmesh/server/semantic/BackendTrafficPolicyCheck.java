package io.inmesh.server.semantic;

import io.inmesh.server.model.Resource;
import io.inmesh.server.rule.Field;
import io.inmesh.server.rule.RuleOrder;

/** BackendTrafficPolicies as a whole: host, and others for the same host. */
final class BackendTrafficPolicyCheck {
    private BackendTrafficPolicyCheck() {}

    static void check(Report report, Mesh mesh) {
        Field spec = Field.spec(report.resource());
        if (!report.required(spec.get("host"))) {
            return;
        }
        String host =
                mesh.resolve(spec.get("host").text(), report.resource().key().namespace());
        if (!mesh.coversService(host)) {
            report.add(
                    Check.UNKNOWN_HOST,
                    spec.get("host"),
                    "\"" + spec.get("host").text() + "\" (" + host
                            + ") is no service of the mesh: the policy has no effect");
        }
        BackendLoadBalancerCheck.check(report, mesh, host, spec.get("loadBalancer"));
        othersForSameHost(report, mesh, host);
        report.range(spec.get("spread").get("overprovisioningPercent"), 100, 10_000);
        EjectionRatesCheck.check(report, spec.get("outlierDetection"));
        ClientPolicyCheck.check(report, spec);
        HealthChecksCheck.check(report, spec.get("healthChecks"));
        FailureRateCheck.check(report, spec.get("circuitBreaker").get("failureRate"));
    }

    private static void othersForSameHost(Report report, Mesh mesh, String host) {
        Resource mine = report.resource();
        for (Resource other : mesh.references().rules("BackendTrafficPolicy", host)) {
            boolean beside = !other.key().equals(mine.key())
                    && other.key().namespace().equals(mine.key().namespace());
            if (beside) {
                Resource oldest = RuleOrder.OLDEST_FIRST.compare(mine, other) < 0 ? mine : other;
                report.add(
                        Check.POLICY_CONFLICT,
                        "spec.host",
                        "is also the host of " + other.key() + "; only " + oldest.key() + " is obeyed");
            }
        }
    }
}
